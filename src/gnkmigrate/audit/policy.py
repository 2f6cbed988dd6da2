"""What the project and the user want of an audit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from gnkmigrate.audit import project_checks, severity_rules
from gnkmigrate.audit.project_checks import ProjectCheck
from gnkmigrate.audit.result import NotRun
from gnkmigrate.audit.row_query import Bounds
from gnkmigrate.audit.selection import Selection
from gnkmigrate.audit.severity_rules import SeverityRules
from gnkmigrate.audit.trend import PastNumbers
from gnkmigrate.diff.rename_options import known_renames
from gnkmigrate.diff.renames import NO_RENAMES, Renames
from gnkmigrate.diff.settling import Decide, leave_open
from gnkmigrate.settings import Settings


@dataclass(frozen=True)
class Policy:
    """What the project and the user want of an audit.

    Attributes:
        severity_rules: the project's own, from audits/severity.toml.
        project_checks: the project's own, from audits/checks/.
        selection: which checks to run.
        data_checks: whether to ask the live rows.
        bounds: how long one question may take.
        closing: the phase that closes a finding, by fingerprint.
        phases: the migration's phases in their order.
        default_schema: the schema that goes without saying in messages.
        source_timezone: the zone in which timestamps without one were written.
        not_run: what is known not to work before the audit begins.
        hints: renames that the user knows of.
        decide: asked about those that are likely.
        role: under which the project's own checks ask, where the settings name one.
        past: how far sequences were, by the reports that are kept.
    """

    severity_rules: SeverityRules = field(default_factory=SeverityRules)
    project_checks: tuple[ProjectCheck, ...] = ()
    selection: Selection = field(default_factory=Selection)
    data_checks: bool = True
    bounds: Bounds = field(default_factory=Bounds)
    closing: Mapping[str, str] = field(default_factory=dict)
    phases: tuple[str, ...] = ()
    default_schema: str = "public"
    source_timezone: str = "UTC"
    not_run: tuple[NotRun, ...] = ()
    hints: Renames = NO_RENAMES
    decide: Decide = leave_open
    role: str | None = None
    past: tuple[PastNumbers, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The policy of a project.

        Raises:
            SettingsError: its severity rules or checks cannot be read.
            RenameUnclear: its renames cannot be understood.
        """
        folder = settings.path(settings.audits)
        return cls(
            severity_rules=severity_rules.load(folder / severity_rules.FILE_NAME),
            project_checks=project_checks.load(folder / "checks"),
            bounds=Bounds(lock_timeout_ms=settings.limits.lock_timeout_ms),
            default_schema=settings.schemas[0],
            source_timezone=settings.source_timezone,
            hints=known_renames(settings.renames, NO_RENAMES),
            role=settings.audit_role,
        )
