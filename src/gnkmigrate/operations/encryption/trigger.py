"""What is written from now on is encrypted, or refused."""

from collections.abc import Sequence

from gnkmigrate.operations.encryption.key import with_key
from gnkmigrate.operations.encryption.rows import encrypting
from gnkmigrate.operations.encryption.spec import Encryption, EncryptionStep
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Step
from gnkmigrate.run.work import Work

_FUNCTION = """
CREATE TABLE {check} (known bytea NOT NULL);
REVOKE ALL ON {check} FROM PUBLIC;
CREATE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $encrypt$
DECLARE
    key constant text := nullif(current_setting({setting}, true), '');
BEGIN
    IF {written} THEN
        IF key IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
                MESSAGE = {missing}, HINT = {hint};
        END IF;
        PERFORM {pgcrypto}.pgp_sym_decrypt(known, key) FROM {check};
{encrypts}
    END IF;
    RETURN NEW;
END $encrypt$;
REVOKE ALL ON FUNCTION {function}() FROM PUBLIC
"""

# What is written to the encrypted column itself has to be of the same key. A cast makes it the
# extension's own function in any case: another one for varchar may be anybody's.
_ENCRYPT = """
        IF NEW.{plain} IS NOT NULL THEN
            NEW.{hidden} := {pgcrypto}.pgp_sym_encrypt(NEW.{plain}::text, key);
            NEW.{plain} := NULL;
        ELSIF NEW.{hidden} IS DISTINCT FROM OLD.{hidden} THEN
            PERFORM {pgcrypto}.pgp_sym_decrypt(NEW.{hidden}, key);
        END IF;
"""
_WRITTEN = "NEW.{plain} IS NOT NULL OR NEW.{hidden} IS DISTINCT FROM OLD.{hidden}"


def function(spec: Encryption, pgcrypto: str) -> str:
    """SQL that makes the trigger's function, and the table by which it knows a key."""
    return _FUNCTION.format(
        check=quoted(spec.check_table),
        function=spec.function,
        setting=literal(spec.setting),
        written=_of_each(spec, " OR ", _WRITTEN),
        missing=literal(f"{spec.setting} is not set: nothing is stored unencrypted"),
        hint=literal(f"SET {spec.setting} to the key."),
        pgcrypto=pgcrypto,
        encrypts=_of_each(spec, "\n", _ENCRYPT, pgcrypto),
    )


def _of_each(spec: Encryption, joined: str, text: str, pgcrypto: str = "") -> str:
    return joined.join(
        text.format(plain=column(plain), hidden=column(hidden), pgcrypto=pgcrypto)
        for plain, hidden in spec.columns
    )


class Encrypting(EncryptionStep):
    """From now on what is written is encrypted."""

    @property
    def name(self) -> str:
        return f"{self.spec.table} encrypts what is written"

    @property
    def reverse(self) -> Sequence[Step]:
        return (NoLonger(self.spec),)

    def run(self, work: Work) -> int:
        spec, table = self.spec, quoted(self.spec.table)
        work.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        with with_key(work, spec):
            statement = encrypting(work, spec).replace(":batch", "true")
            rows = work.execute(statement).rowcount
        work.execute(
            f"CREATE TRIGGER {spec.trigger} BEFORE INSERT OR UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {spec.function}()"
        )
        return max(rows, 0)


class NoLonger(EncryptionStep):
    """What is written is stored as it is."""

    @property
    def name(self) -> str:
        return f"{self.spec.table} encrypts what is written"

    def run(self, work: Work) -> int:
        work.execute(f"DROP TRIGGER {self.spec.trigger} ON {quoted(self.spec.table)}")
        return 0
