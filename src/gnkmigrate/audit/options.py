"""What the user asks of an audit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gnkmigrate.audit.selection import Selection
from gnkmigrate.diff.applying import quietly
from gnkmigrate.diff.renames import NO_RENAMES, Renames
from gnkmigrate.diff.settling import Decide, leave_open
from gnkmigrate.facts.source import Load


@dataclass(frozen=True)
class AuditOptions:
    """What the user asks of an audit.

    Attributes:
        target: a URL, a .sql file, a folder or a snapshot; None takes the settings' target,
            where it exists.
        selection: which checks to run.
        data_checks: whether to ask the live rows.
        baseline: the JSON report to compare with, which excuses what it has; None compares
            with the latest of the settings' audits, which excuses nothing.
        sample: of tables that have more rows than this, data checks look at about so many;
            None for all.
        renames: what the user says of renames, beyond the settings'.
        decide: asked about those that are likely.
        tell: told what of `renames` applies to nothing.
        load: gives the target's facts, without the phases that close what is found; None loads
            them, and runs all phases on an empty copy to see which closes what.
        project_checks: whether to run the project's own.
    """

    target: str | None = None
    selection: Selection = field(default_factory=Selection)
    data_checks: bool = True
    baseline: Path | None = None
    sample: int | None = None
    renames: Renames = NO_RENAMES
    decide: Decide = leave_open
    tell: Callable[[str], None] = quietly
    load: Load | None = None
    project_checks: bool = True
