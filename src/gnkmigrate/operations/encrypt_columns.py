"""op.encrypt_columns: values that are in the database only as who has the key can read them."""

from collections.abc import Mapping

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.encryption.columns import AddEncrypted
from gnkmigrate.operations.encryption.rows import EncryptRows
from gnkmigrate.operations.encryption.spec import Encryption
from gnkmigrate.operations.encryption.trigger import Encrypting
from gnkmigrate.operations.encryption.view import DecryptedView
from gnkmigrate.operations.expect import ExpectAbsent
from gnkmigrate.operations.verify import Verify
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step


@operation("encrypt_columns")
def encrypt_columns(
    table: str,
    columns: Mapping[str, str],
    view: str,
    setting: str = "app.encryption_key",
    rotate: str = "",
) -> tuple[Step, ...]:
    """Encrypts text columns with pgcrypto; the key is in the sessions that need it alone.

    Each column gets one beside it that has the encrypted value, and is NULL itself from then on.
    Whoever writes a text to it has set the key, `SET app.encryption_key = '...'`; else, or with a
    wrong one, the write fails. Who has set it reads through the view. The phase takes the key from
    GNKMIGRATE_ENCRYPTION_KEY, or from a command of the settings, and hands it over as a parameter.

    `CALL rotate()` writes everything with another key, which is in `app.encryption_key_new`.

    Args:
        table: "schema.table".
        columns: each text column, which may be NULL, with the name of the encrypted one.
        view: "schema.name" of the view that shows what is encrypted.
        setting: the session's setting with the key.
        rotate: "schema.name" of the procedure; "" for none.

    Raises:
        RevisionError: no column is given.
    """
    if not columns:
        raise RevisionError(f"op.encrypt_columns for {table} names no column.")
    spec = Encryption(table, tuple(columns.items()), view, setting, rotate)
    plain = " OR ".join(f"{column(name)} IS NOT NULL" for name in columns)
    return (
        ExpectAbsent((view, spec.check_table)),
        AddEncrypted(spec),
        EncryptRows(spec),
        Encrypting(spec),
        Verify(
            f"no value of {', '.join(columns)} in {table} can be read without the key",
            f"SELECT count(*) AS readable FROM {quoted(table)} WHERE {plain} HAVING count(*) > 0",
        ),
        DecryptedView(view, "", spec=spec),
    )
