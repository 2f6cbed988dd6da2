"""Every static check of the audit, run on snapshots alone."""

from gnkmigrate.audit.check import ComparisonCheck, DataCheck, Gaps, StructureCheck
from gnkmigrate.audit.checks import discover
from gnkmigrate.audit.outcome import run_comparison, run_structure
from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.snapshot import Snapshot

HOME = "public"


def static_checks(live: Snapshot, target: Snapshot | None) -> int:
    """Runs every static check on one side, or on both; the number of findings."""
    found = 0
    gaps = None if target is None else Gaps(compare(live, target), live, target, HOME)
    for check in discover():
        if isinstance(check, StructureCheck):
            found += len(run_structure(check, live, target, HOME, alone=True).findings)
        elif isinstance(check, ComparisonCheck) and gaps is not None:
            found += len(run_comparison(check, gaps).findings)
        elif isinstance(check, DataCheck) and gaps is not None:
            found += len(list(check.probes(gaps)))  # what they would ask
    return found
