"""A backfill whose statements are ours, with qualified names: it writes as the table's owner."""

from dataclasses import dataclass, replace

from gnkmigrate.operations.backfill import Backfill
from gnkmigrate.run.as_owner import Acting, as_owner
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class Fill(Backfill):
    """Such a backfill, for a step that makes it when it runs.

    Attributes:
        acting: what writes as the owner, while it does; see as_owner.py.
        also: further tables that it writes, quoted.
    """

    acting: Acting | None = None
    also: tuple[str, ...] = ()

    def run(self, work: Work) -> int:
        """Walks the table, or what is left of it."""
        with as_owner(work, self.table, *self.also) as acting:
            return Backfill.run(replace(self, acting=acting), work)

    def _counted(self, work: Work, statements: tuple[str, str, str, str]) -> int:
        if self.acting is None:
            return super()._counted(work, statements)
        first, before, batch, after = statements
        call = self.acting.calls(f"{first}; {batch}")
        cursor = work.connection.execute("; ".join(filter(None, (before, call, after))).encode())
        found = cursor.fetchall() if cursor.description else []
        while cursor.nextset():
            found = cursor.fetchall() if cursor.description else found
        return int(found[0][0])
