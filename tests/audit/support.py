"""What the audit's tests share: an audit of a live database against facts."""

from datetime import UTC, datetime

from gnkmigrate.audit.finding import DatabaseObject, Finding, Severity
from gnkmigrate.audit.gap import fold
from gnkmigrate.audit.gap_findings import gap_finding
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.repair import Repair
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.audit.run import audit
from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect

TIME = datetime(2025, 12, 9, 12, 0, tzinfo=UTC)
PLAIN = Policy()


def gaps_between(live: Snapshot, target: Snapshot) -> list[Finding]:
    """The gaps as findings, without SQL."""
    gaps = fold(compare(live, target), live, target)
    return [gap_finding(gap, live, target, "public", Repair()) for gap in gaps]


def audited(
    url: DatabaseUrl, target: Snapshot | None = None, policy: Policy = PLAIN
) -> AuditResult:
    """The audit of a database in a read-only session, as the command makes it."""
    with connect(url, read_only=True, search_path=["public"]) as connection:
        return audited_on(connection, target, policy)


def audited_on(
    connection: Connection,
    target: Snapshot | None = None,
    policy: Policy = PLAIN,
    live: Snapshot | None = None,
) -> AuditResult:
    return audit(
        connection,
        live or read_snapshot(connection, schemas=["public"]),
        target,
        policy,
        database="tester@localhost:5432/shop",
        time=TIME,
        target_name="target.sql" if target else "",
    )


def of_check(result: AuditResult, check: str) -> list[Finding]:
    """The findings of one check."""
    return [finding for finding in result.findings if finding.check == check]


def example() -> Finding:
    """A finding that tests change as they need."""
    return Finding(
        check="GNK-G021",
        kind="missing",
        category="gap",
        object=DatabaseObject("public", "users", "telegram", "column"),
        severity=Severity.MEDIUM,
        message="Column users.telegram is missing: varchar(100).",
        slug="missing-column",
    )
