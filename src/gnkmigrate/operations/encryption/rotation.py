"""The procedure that writes everything with another key."""

from gnkmigrate.operations.encryption.key import KNOWN
from gnkmigrate.operations.encryption.spec import Encryption
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.work import Work

_ROTATE = """
CREATE PROCEDURE {rotate}() LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $rotate$
DECLARE
    old_key constant text := current_setting({setting});
    new_key constant text := current_setting({new_setting});
BEGIN
    IF length(new_key) < 16 THEN
        RAISE EXCEPTION 'the new key could be guessed';
    END IF;
    LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE;
    PERFORM {pgcrypto}.pgp_sym_decrypt(known, old_key) FROM {check};
    UPDATE {check} SET known = {pgcrypto}.pgp_sym_encrypt({known}, new_key);
    PERFORM set_config({setting}, new_key, true);  -- by which the trigger knows what is written
    UPDATE {table} SET {values};
    PERFORM set_config({setting}, old_key, true);
END $rotate$
"""


def make(work: Work, spec: Encryption, pgcrypto: str, owner: str) -> None:
    """Makes it, where it is wanted; `pgcrypto` is that extension's schema, both are quoted."""
    if not spec.rotate:
        return
    values = ", ".join(
        f"{column(hidden)} = {pgcrypto}.pgp_sym_encrypt("
        f"{pgcrypto}.pgp_sym_decrypt({column(hidden)}, old_key), new_key)"
        for _, hidden in spec.columns
    )
    work.execute(
        _ROTATE.format(
            rotate=quoted(spec.rotate),
            setting=literal(spec.setting),
            new_setting=literal(f"{spec.setting}_new"),
            pgcrypto=pgcrypto,
            check=quoted(spec.check_table),
            table=quoted(spec.table),
            values=values,
            known=literal(KNOWN),
        )
    )
    work.execute(f"ALTER PROCEDURE {quoted(spec.rotate)}() OWNER TO {owner}")
