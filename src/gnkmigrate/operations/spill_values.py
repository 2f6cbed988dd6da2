"""The part of op.spill that keeps values of rows which stay, so that each finds its row again."""

from collections.abc import Iterator
from dataclasses import dataclass

from gnkmigrate.operations.spill import Spill
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.kept import made_rows, overflow, recognised
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class SpillValues(Spill):
    """A spill of values by a key, with what the rest of their row was.

    Attributes:
        key: the columns that identify a row; none: what made_rows.known_by says when it runs.
        apart: further columns that have other values after a rollback and another upgrade.
    """

    key: Columns = ()
    apart: Columns = ()

    def run(self, work: Work) -> int:
        """Keeps the values, in the place of those that were kept of the same rows before."""
        stale = " AND ".join(self._stale(work))
        work.execute(
            "DELETE FROM gnkmigrate.overflow"
            f" USING {quoted(self.table)} AS spilled WHERE ({self.where}) AND {stale}"
        )
        return super().run(work)

    def _stale(self, work: Work) -> Iterator[str]:
        place = map(literal, (work.phase, self.table, self.title))
        yield f"(phase, relation, reason) = ({', '.join(place)})"
        referred = made_rows.referred(work, self.table)
        for name in self._key(work):
            if name in referred:  # the same key may have been another row's
                yield made_rows.is_same("spilled", name, referred[name])
                continue
            value = f"format('%s', spilled.{column(name)})"
            yield f"overflow.content ->> {literal(name)} = {value}"
        yield f"overflow.content <> {self._kept(work)}"

    def _key(self, work: Work) -> Columns:
        return made_rows.known_by(work, self.table, self.key)

    def _kept(self, work: Work) -> str:
        names = tuple(dict.fromkeys((*self._key(work), *self.columns)))
        told = recognised.by(work, self.table, "spilled", (*names, *self.apart))
        return f"{overflow.kept_of(work, self.table, 'spilled', names)} || {told}"
