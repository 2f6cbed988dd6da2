"""Schemas that many people run: the audit says what docs/audit-known-schemas.md says."""

import re

import pytest

from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.audit.support import audited
from tests.conftest import MAJOR
from tests.support import ROOT, execute_file

SCHEMAS = ROOT / "tests" / "audit" / "schemas"
PAGE = (ROOT / "docs" / "audit-known-schemas.md").read_text()

# What a server may be blamed for whatever is in it: PostgreSQL 14, its age and its open public.
OF_THE_SERVER = {"end-of-life", "schema-open-to-public"} if MAJOR == 14 else {"end-of-life"}
# What this server does not know, and what no schema without rows can tell.
NOT_RUN = {"GNK-O008", "GNK-P008", "GNK-P010", "GNK-P012", "GNK-S027", "GNK-S052", "GNK-S055"}


def _section(name: str) -> str:
    """The part of the page that is about a schema."""
    (section,) = [
        part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE) if f"`{name}.sql`" in part
    ]
    return section


def _listed(name: str) -> set[tuple[str, str]]:
    """The checks and objects that the page lists, each with a sentence."""
    rows = re.findall(r"^\| (GNK-\w+) \S+ \| (\S+) \| (True.+) \|$", _section(name), re.MULTILINE)
    return {(check, about) for check, about, _ in rows}


@pytest.mark.parametrize("name", sorted(file.stem for file in SCHEMAS.glob("*.sql")))
def test_every_grave_finding_is_a_true_one(name: str, database: DatabaseUrl) -> None:
    execute_file(database, SCHEMAS / f"{name}.sql")
    result = audited(database)
    grave = [each for each in result.at_least(Severity.MEDIUM) if each.slug not in OF_THE_SERVER]
    assert {(each.check, str(each.object)) for each in grave} == _listed(name)
    assert [each.message for each in grave if each.severity > Severity.MEDIUM] == []
    failed = {
        missed.check: missed.reason
        for missed in result.not_run
        if missed.reason != "there is no target"
    }
    assert failed.keys() <= NOT_RUN, failed


def test_every_known_schema_says_whose_it_is() -> None:
    for file in SCHEMAS.glob("*.sql"):
        head = file.read_text().partition("CREATE")[0]
        assert re.search(r"licen[cs]e", head, re.IGNORECASE), file.name
        assert _section(file.stem)


def test_findings_are_told_apart(database: DatabaseUrl) -> None:
    execute_file(database, SCHEMAS / "mlflow.sql")
    findings: tuple[Finding, ...] = audited(database).findings
    assert len({each.fingerprint for each in findings}) == len(findings)
