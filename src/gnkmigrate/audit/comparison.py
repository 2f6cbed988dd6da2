"""The live database beside its target: the changes, the gaps that they fold into, their SQL."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from gnkmigrate.audit.check import Gaps
from gnkmigrate.audit.finding import Finding
from gnkmigrate.audit.gap import Gap, fold
from gnkmigrate.audit.gap_findings import gap_finding, gap_fingerprint
from gnkmigrate.audit.repair import Repairs, left_to_migration, repair_all
from gnkmigrate.audit.script import Script, Step
from gnkmigrate.diff.beside import completed
from gnkmigrate.diff.renames import NO_RENAMES, Renames
from gnkmigrate.diff.settling import Decide, leave_open, settled
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.statement import Statements


@dataclass(frozen=True)
class Comparison:
    """What separates a live database from its target.

    Attributes:
        between: both sides, and the changes from the one to the other.
        gaps: the changes, folded.
        hints: renames that the user knows of.
    """

    between: Gaps
    gaps: tuple[Gap, ...]
    hints: Renames = NO_RENAMES

    @classmethod
    def of(
        cls,
        live: Snapshot,
        target: Snapshot,
        designs: Collection[Identity],
        default_schema: str,
        source_timezone: str = "UTC",
        hints: Renames = NO_RENAMES,
        decide: Decide = leave_open,
    ) -> Self:
        """Compares; `designs` as for `fold`, hints as for `settled`, the rest as in `Gaps`."""
        changes, hints = settled(live, target, hints, decide)
        between = Gaps(changes, live, target, default_schema, source_timezone)
        return cls(between, fold(changes, live, target, designs), hints)

    def sampled(self, samples: Mapping[Identity, float]) -> Self:
        """The same, where of some tables a part is enough; as in `Gaps`."""
        return replace(self, between=replace(self.between, samples=samples))

    @cached_property
    def meant(self) -> Snapshot:
        """The target as checks judge it: what it leaves open, such as grants, is as it is live."""
        live, target = self.between.live, self.between.target
        renamed = {before.identity: new for new, before in self.between.renamed.items()}
        return completed(target, live, renamed)

    @cached_property
    def fingerprints(self) -> Mapping[Change, str]:
        """Each change's finding."""
        return {change: gap_fingerprint(gap) for gap in self.gaps for change in gap.changes}

    def findings(self, source_timezone: str) -> Iterator[Finding]:
        """One finding for each gap, with its own SQL."""
        if not self.gaps:
            return
        live, target = self.between.live, self.between.target
        repairs = Repairs(live, target, source_timezone, self.hints)
        for gap in self.gaps:
            yield gap_finding(gap, live, target, self.between.default_schema, repairs.of(gap))

    def script(self, source_timezone: str) -> Script:
        """The SQL for all gaps together."""
        left = left_to_migration(self.gaps)
        repair = repair_all(
            self.between.live, self.between.target, left, source_timezone, self.hints
        )
        fingerprints = frozenset(gap_fingerprint(gap) for gap in left)
        return Script(_steps(repair.fix), _steps(repair.undo), fingerprints, repair.obstacle)


def _steps(statements: Statements) -> tuple[Step, ...]:
    return tuple(Step(each.sql, each.reason, each.loses_data) for each in statements)
