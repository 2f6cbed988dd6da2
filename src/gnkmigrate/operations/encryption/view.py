"""The view for whoever has set the key."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnkmigrate.operations.create_view import CreateView
from gnkmigrate.operations.encryption.key import pgcrypto_of
from gnkmigrate.operations.encryption.spec import Encryption
from gnkmigrate.run import relation
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import privileges
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class DecryptedView(CreateView):
    """What is encrypted, for who has set the key.

    Attributes:
        spec: what is encrypted where.
    """

    spec: Encryption | None = None

    @property
    def sql(self) -> str:
        return f"-- {self.name}: all columns, decrypted with the session's key"

    def make(self, work: Work) -> Sequence[Refusal]:
        if self.spec is None:
            raise TypeError("a view of what is encrypted knows what that is")
        spec, pgcrypto = self.spec, pgcrypto_of(work)
        hidden = dict(spec.columns)
        key = f"current_setting({literal(spec.setting)})"
        columns = relation.column_names(work, spec.table)
        names = [name for name in columns if name not in hidden.values()]
        shown = ", ".join(
            f"{pgcrypto}.pgp_sym_decrypt(shown.{column(hidden[name])}, {key}) AS {column(name)}"
            if name in hidden
            else f"shown.{column(name)}"
            for name in names
        )
        query = f"SELECT {shown} FROM {quoted(spec.table)} AS shown"
        by_column = privileges.is_read_by_column(work, quoted(spec.table))
        made = _ReadByColumns if by_column else CreateView
        refused = made(self.view, query, self.comment).make(work)
        for name in () if refused else names:
            privileges.let_read(work, quoted(spec.table), name, self.address, name)
        return refused


class _ReadByColumns(CreateView):
    """As its caller a view reads all of its columns, or none; so this one reads as its owner."""

    def reads_as_caller(self, work: Work) -> bool:
        del work
        return False
