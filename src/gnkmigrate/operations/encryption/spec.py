"""What is encrypted where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.postgres.quoting import beside
from gnkmigrate.run.names import column, quoted, split
from gnkmigrate.run.step import Step


@dataclass(frozen=True)
class Encryption:
    """What is encrypted where.

    Attributes:
        table: "schema.table".
        columns: each with the encrypted one.
        view: "schema.name".
        setting: the session's setting with the key.
        rotate: "schema.name" of a procedure, or "".
    """

    table: str
    columns: tuple[tuple[str, str], ...]
    view: str
    setting: str
    rotate: str

    @property
    def check_table(self) -> str:
        return f"{self.view}_key"

    @property
    def function(self) -> str:
        return quoted(f"{self.view}_encrypt")

    @property
    def trigger_name(self) -> str:
        """Behind all others: what they make of a value is encrypted."""
        return beside(f"zz_{split(self.view)[1]}", "_encrypt")

    @property
    def trigger(self) -> str:
        return column(self.trigger_name)

    @property
    def plain(self) -> Sequence[str]:
        return [name for name, _ in self.columns]


@dataclass(frozen=True)
class EncryptionStep(Step):
    """A step of an encryption."""

    outlives_contract: ClassVar[bool] = True
    needs_key: ClassVar[bool] = True

    spec: Encryption

    @property
    def tables(self) -> Sequence[str]:
        return (self.spec.table,)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}; its SQL needs the key",)
