"""op.carry_privileges: a new table belongs to, and is open to, whom an old one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.run.names import quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step
from gnkmigrate.run.sync import privileges
from gnkmigrate.run.work import Work


@operation("carry_privileges")
@dataclass(frozen=True)
class CarryPrivileges(Step):
    """Gives new tables the owner and the grants of an old one; nothing has to be taken back.

    Whoever runs the migration owns what it makes, and the application may be somebody else.

    Attributes:
        source: "schema.table" of the old table.
        targets: "schema.table" of each new one.
    """

    source: str
    targets: tuple[str, ...]

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return f"owner and grants as of {self.source}"

    def run(self, work: Work) -> int:
        for target in self.targets:
            privileges.carry_privileges(work, quoted(self.source), quoted(target))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- for {', '.join(self.targets)}: {self.name}",)
