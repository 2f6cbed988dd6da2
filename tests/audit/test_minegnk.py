"""MineGNK: the audit of the database that the report of 2025-12-09 describes."""

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gnkmigrate.audit.finding import Finding
from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.result import AuditResult, NotRun
from gnkmigrate.audit.session import audit_project
from gnkmigrate.cli import application
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings, load
from tests.audit.support import TIME
from tests.conftest import PROVIDER
from tests.support import CLOSE_PUBLIC, ROOT, execute, execute_file, rows

REPORT = ROOT / "audits" / "minegnk-baseline.md"
ROWS = Path(__file__).with_name("minegnk.sql")

# Sections 3.1, 3.2 and 3.3 of the report: slug, object, severity.
REPORTED = [
    ("missing-table", "public.nodes", "high"),
    ("missing-table", "public.node_stats_cache", "critical"),
    ("missing-table", "public.earnings_history", "high"),
    ("missing-column", "public.users.telegram", "medium"),
    ("missing-column", "public.users.discord", "medium"),
    ("missing-column", "public.users.currency_preference", "medium"),
    ("table-design", "public.user_nodes", "medium"),
    ("missing-column", "public.node_requests.type", "low"),
    ("missing-column", "public.node_requests.budget", "low"),
    ("missing-column", "public.node_requests.network", "low"),
    ("missing-column", "public.node_requests.assigned_to", "low"),
    ("different-column", "public.node_requests.processed_by", "low"),
    ("missing-index", "public.user_nodes.idx_user_nodes_user_id", "medium"),
    ("active-assignments-without-index", "public.user_nodes.idx_user_nodes_active", "low"),
    ("missing-index", "public.node_requests.idx_requests_user_id", "medium"),
    ("missing-index", "public.node_requests.idx_requests_status", "medium"),
    ("missing-index", "public.node_requests.idx_requests_created_at", "medium"),
]
# What the target itself is blamed for.
OF_TARGET = [
    ("target-duplicate-index", "public.users.idx_users_email"),
    ("target-duplicate-index", "public.nodes.idx_nodes_identifier"),
    ("target-prefix-index", "public.user_nodes.idx_user_nodes_user_id"),
    ("target-foreign-key-without-index", "public.user_nodes.user_nodes_assigned_by_fkey"),
    ("target-foreign-key-without-index", "public.node_requests.node_requests_processed_by_fkey"),
    ("weaker-nullability", "public.users"),
    ("weaker-nullability", "public.node_requests"),
]


@pytest.fixture(scope="module")
def project(server: Server) -> Settings:
    """MineGNK's settings, with the tests' own server as the throwaway one."""
    conninfo = server.url.conninfo
    return load(ROOT / "gnkmigrate.toml", {"server": {"provider": "url", "url": conninfo}})


@pytest.fixture(scope="module")
def unphased(project: Settings) -> Settings:
    """The same without migrations, where it does not matter which phase closes what."""
    return project.model_copy(update={"migrations": Path("nowhere")})


@pytest.fixture(scope="module")
def result(server: Server, minegnk_template: str, project: Settings) -> AuditResult:
    with server.database(template=minegnk_template) as url:
        execute_file(url, ROWS)
        return audit_project(project, url, AuditOptions(), TIME, lambda _: None)


def _is_about_the_schema(missed: NotRun) -> bool:
    """Not about the server that the database happens to live on."""
    return not missed.check.startswith(("GNK-A", "GNK-O", "GNK-P"))


def _told(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(finding.slug, str(finding.object)) for finding in findings}


def test_it_finds_all_that_the_report_lists(result: AuditResult) -> None:
    found = {
        (finding.slug, str(finding.object), finding.severity.label) for finding in result.findings
    }
    assert set(REPORTED) <= found


def test_it_finds_what_is_wrong_with_the_target(result: AuditResult) -> None:
    assert set(OF_TARGET) <= _told(result.findings)


def test_a_phase_closes_every_gap(result: AuditResult) -> None:
    assert result.phases == ("tables", "data", "join-table", "indexes", "columns", "align")
    assert [gap.message for gap in result.findings if gap.category == "gap" and not gap.phase] == []


def test_every_opinion_is_about_something(result: AuditResult) -> None:
    assert result.unused_severity_rules == ()


# Few rows are never analyzed by themselves, and only statistics tell what these ask.
OF_STATISTICS = {"GNK-S027", "GNK-S052", "GNK-S055"}


def test_only_checks_about_tables_to_come_cannot_run_on_the_reports_database(
    result: AuditResult,
) -> None:
    missed = {each.check for each in result.not_run if _is_about_the_schema(each)}
    assert missed - OF_STATISTICS == {"MINEGNK-005", "MINEGNK-006", "MINEGNK-007", "MINEGNK-008"}


def test_its_script_closes_all_that_it_does_not_leave_to_the_phases(
    minegnk: DatabaseUrl, unphased: Settings
) -> None:
    execute_file(minegnk, ROWS)
    before = audit_project(unphased, minegnk, AuditOptions(), TIME, lambda _: None)
    for step in before.script.fix:
        execute(minegnk, step.sql)
    after = audit_project(unphased, minegnk, AuditOptions(), TIME, lambda _: None)
    left = {finding.fingerprint for finding in after.findings if finding.category == "gap"}
    assert left == before.script.left
    for step in before.script.undo:
        execute(minegnk, step.sql)
    undone = audit_project(unphased, minegnk, AuditOptions(), TIME, lambda _: None)
    assert undone.live == before.live


def test_more_than_a_thousand_rows_make_an_index_urgent(
    minegnk: DatabaseUrl, unphased: Settings
) -> None:
    execute_file(minegnk, ROWS)
    with connect(minegnk, search_path=["public"]) as connection:
        connection.execute(
            """INSERT INTO node_requests (user_id, gpu_type)
            SELECT (SELECT id FROM users LIMIT 1), 'H100' FROM generate_series(1, 1000)"""
        )
    result = audit_project(unphased, minegnk, AuditOptions(), TIME, lambda _: None)
    urgent = {
        finding.object.table: finding.severity.label
        for finding in result.findings
        if finding.slug == "missing-index"
    }
    assert urgent["node_requests"] == "high"
    assert urgent["user_nodes"] == "medium"


def test_the_target_itself_has_no_gap(minegnk_target: DatabaseUrl, unphased: Settings) -> None:
    result = audit_project(unphased, minegnk_target, AuditOptions(), TIME, lambda _: None)
    assert [finding for finding in result.findings if finding.category == "gap"] == []
    reasons = {
        missed.check: missed.reason
        for missed in result.not_run
        if _is_about_the_schema(missed) and missed.check not in OF_STATISTICS
    }
    assert reasons == {
        "MINEGNK-002": "public.user_nodes.is_active does not exist",
        "MINEGNK-003": "public.user_nodes.node_address, public.user_nodes.label do not exist",
        "MINEGNK-004": "public.user_nodes.node_address, public.user_nodes.label do not exist",
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada@example.org", False),
        ("ADA@Example.org", False),
        ("22222222-2222-4222-8222-222222222222", False),
        ("22222222-2222-4222-8222-22222222222A", True),
        ("Ada", True),
        ("", True),
        ("BEN@example.org", True),
    ],
)
def test_who_processed_a_request(
    text: str, found: bool, minegnk: DatabaseUrl, unphased: Settings
) -> None:
    execute_file(minegnk, ROWS)
    with connect(minegnk, search_path=["public"]) as connection:
        # Another Ben, whose e-mail differs in nothing but case.
        connection.execute("INSERT INTO users (email, password) VALUES ('Ben@Example.org', '-')")
        connection.execute("UPDATE node_requests SET processed_by = %s", [text])
    result = audit_project(unphased, minegnk, AuditOptions(), TIME, lambda _: None)
    assert ("processed-by", "public.node_requests.processed_by") in _told(
        result.findings
    ) or not found
    assert ("MINEGNK-001" in {passed.check for passed in result.passed}) is not found


def test_texts_too_long_for_a_node_are_found_before_they_stop_a_phase(
    minegnk: DatabaseUrl, unphased: Settings
) -> None:
    execute_file(minegnk, ROWS)
    with connect(minegnk, search_path=["public"]) as connection:
        connection.execute("UPDATE user_nodes SET label = repeat('x', 101)")
    result = audit_project(unphased, minegnk, AuditOptions(), TIME, lambda _: None)
    (long,) = [finding for finding in result.findings if finding.check == "MINEGNK-003"]
    assert (long.phase, long.severity.label, long.evidence["rows"]) == ("data", "high", 1)


def _undated(report: str) -> str:
    """The report without what differs from day to day and from server to server."""
    return re.sub(r"^\*\*(Date|Database)\*\*: .*$", r"**\1**", report, flags=re.MULTILINE)


@pytest.mark.usefixtures("supported")
@pytest.mark.skipif(PROVIDER == "url", reason="a given server names databases in its own way")
def test_the_report_that_is_kept_is_the_one_that_the_command_writes(
    server: Server, minegnk_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tmp_path / "report.md"
    url = server.create_database("minegnk", template=minegnk_template)
    try:
        execute(url, CLOSE_PUBLIC)
        execute_file(url, ROWS)
        monkeypatch.chdir(ROOT)
        monkeypatch.setenv("DATABASE_URL", url.conninfo)
        monkeypatch.setenv("GNKMIGRATE_SERVER__PROVIDER", "url")
        monkeypatch.setenv("GNKMIGRATE_SERVER__URL", server.url.conninfo)
        command = ["audit", "--format", "markdown", "--output", str(written)]
        outcome = CliRunner().invoke(application(), command)
    finally:
        server.drop_database(url)
    assert outcome.exit_code == 1, outcome.output
    if os.environ.get("GNKMIGRATE_UPDATE_REPORT"):
        REPORT.write_text(written.read_text())
    assert _undated(written.read_text()) == _undated(REPORT.read_text())


def test_the_reports_rows_are_those_that_were_counted(minegnk: DatabaseUrl) -> None:
    execute_file(minegnk, ROWS)
    counted = [
        rows(minegnk, f"SELECT count(*) FROM {table}")[0][0]
        for table in ("users", "user_nodes", "node_requests")
    ]
    assert counted == [4, 1, 1]
