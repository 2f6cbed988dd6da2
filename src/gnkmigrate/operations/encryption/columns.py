"""The encrypted columns, and what knows whether a key is the right one."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.operations.encryption import preflight, rotation, trigger
from gnkmigrate.operations.encryption.key import KNOWN, pgcrypto_of
from gnkmigrate.operations.encryption.spec import EncryptionStep
from gnkmigrate.operations.parts import column_users
from gnkmigrate.operations.parts.whole import owner_of
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import privileges
from gnkmigrate.run.work import Work


class AddEncrypted(EncryptionStep):
    """The columns come, and what knows whether a key is the right one."""

    prepares: ClassVar[bool] = True

    @property
    def name(self) -> str:
        return f"encrypted columns of {self.spec.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropEncrypted(self.spec),)

    def check(self, work: Work) -> Sequence[Refusal]:
        return preflight.refusals(work, self.spec)

    def run(self, work: Work) -> int:
        spec, pgcrypto = self.spec, pgcrypto_of(work)
        table, check = quoted(spec.table), quoted(spec.check_table)
        owner = owner_of(work, spec.table)
        work.execute(trigger.function(spec, pgcrypto))
        work.execute(f"ALTER TABLE {check} OWNER TO {owner}")
        work.execute(f"ALTER FUNCTION {spec.function}() OWNER TO {owner}")
        added = ", ".join(f"ADD COLUMN {column(hidden)} bytea" for _, hidden in spec.columns)
        work.execute(f"ALTER TABLE {table} {added}")
        for plain, hidden in spec.columns:
            privileges.let_read(work, table, plain, table, hidden)
        work.connection.execute(
            f"INSERT INTO {check} SELECT {pgcrypto}.pgp_sym_encrypt(%s, %s)".encode(),
            (KNOWN, work.load_key()),
        )
        rotation.make(work, spec, pgcrypto, owner)
        return 0


class DropEncrypted(EncryptionStep):
    """The columns go, in which nothing is any more."""

    @property
    def name(self) -> str:
        return f"encrypted columns of {self.spec.table}"

    def check(self, work: Work) -> Sequence[Refusal]:
        hidden = [name for _, name in self.spec.columns]
        message = f"Others use encrypted columns of {self.spec.table}."
        return column_users.refusals(work, self.spec.table, hidden, message)

    def takes_off(self, table: str) -> Collection[str]:
        return [name for _, name in self.spec.columns] if table == self.spec.table else ()

    def run(self, work: Work) -> int:
        """Drops them.

        Raises:
            PhaseFailed: something is encrypted still.
        """
        spec, table = self.spec, quoted(self.spec.table)
        work.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        left = " OR ".join(f"{column(hidden)} IS NOT NULL" for _, hidden in spec.columns)
        if work.value(f"SELECT EXISTS (SELECT FROM {table} WHERE {left})"):
            raise PhaseFailed(
                f"Phase {work.phase}: values of {spec.table} are encrypted still.",
                hint="Run the same command again.",
            )
        dropped = ", ".join(f"DROP COLUMN {column(hidden)}" for _, hidden in spec.columns)
        work.execute(f"ALTER TABLE {table} {dropped}")
        work.execute(f"DROP FUNCTION {spec.function}(); DROP TABLE {quoted(spec.check_table)}")
        if spec.rotate:
            work.execute(f"DROP PROCEDURE {quoted(spec.rotate)}()")
        return 0
