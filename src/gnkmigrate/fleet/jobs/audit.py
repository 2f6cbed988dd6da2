"""`fleet audit`: one database against the target, and all checks."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from psycopg.errors import InsufficientPrivilege

from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.selection import Selection
from gnkmigrate.audit.session import audit_project
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.fleet.result import Found
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.run.status import status


@dataclass(frozen=True)
class AuditRequest:
    """What `fleet audit` was told.

    Attributes:
        selection: which checks to run.
        data_checks: whether to ask the rows.
        sample: look at about so many rows of larger tables; None for all.
        fail_on: from which severity on a finding counts; None for never.
    """

    selection: Selection = field(default_factory=Selection)
    data_checks: bool = True
    sample: int | None = None
    fail_on: Severity | None = Severity.HIGH


def run(subject: Subject, request: AuditRequest) -> Found:
    """How many findings there are of each severity, and by which gaps databases differ."""
    subject.require_schema()
    asked = AuditOptions(
        selection=request.selection,
        data_checks=request.data_checks,
        sample=request.sample,
        load=subject.load,
        # They name the schemas that they ask, so in a tenant's they would ask another's rows.
        project_checks=not subject.schema,
    )
    result = audit_project(subject.settings, subject.url, asked, datetime.now(UTC), _quietly)
    counts = {
        severity.label: sum(each.severity is severity for each in result.findings)
        for severity in sorted(Severity, reverse=True)
    }
    counts["not_run"] = len(result.not_run)
    said = [f"{number} {label}" for label, number in counts.items() if number]
    phases, next_ = _phases(subject)
    counting = request.fail_on is not None and bool(result.counting(request.fail_on))
    default_schema = subject.settings.schemas[0]
    return Found(
        state="findings" if counting else "clean",
        text=(", ".join(said).replace("not_run", "not run") or "no findings") + next_,
        traits=tuple(
            _trait(each, default_schema) for each in result.findings if each.kind != "check"
        ),
        server_version=result.live.server_version,
        numbers=counts,
        phases=phases,
    )


def _phases(subject: Subject) -> tuple[tuple[tuple[str, str], ...], str]:
    """Where each phase stands, and in words which is next.

    Nothing for a tenant, since the journal is the database's, and for a project without revisions.
    """
    migrations = subject.settings.path(subject.settings.migrations)
    if subject.schema or not (migrations / "versions").is_dir():
        return (), ""
    try:
        with subject.session(read_only=True) as connection:
            stands = status(connection, subject.phases)
    except (GnkMigrateError, InsufficientPrivilege) as error:
        return (), f"; phases are not known: {str(error).splitlines()[0]}"
    open_ = [each.phase.name for each in stands if each.state != "done"]
    phases = tuple((each.phase.name, each.state) for each in stands)
    return phases, f"; next phase: {open_[0]}" if open_ else ""


def _trait(finding: Finding, default_schema: str) -> str:
    """A gap in words that are the same for every tenant."""
    return finding.message.replace(f"{default_schema}.", "")


def _quietly(text: str) -> None:
    del text
