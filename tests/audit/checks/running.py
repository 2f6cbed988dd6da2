"""What the tests of running servers share: one check, asked of one session."""

from collections.abc import Sequence

from gnkmigrate.audit.check import Question, ServerCheck
from gnkmigrate.audit.checks import discover
from gnkmigrate.audit.finding import Finding
from gnkmigrate.audit.numbers import read_numbers
from gnkmigrate.audit.outcome import Outcome, run_server
from gnkmigrate.audit.row_query import Bounds
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect

CHECKS = {check.slug: check for check in discover() if isinstance(check, ServerCheck)}


def outcome(slug: str, url: DatabaseUrl, schemas: Sequence[str] = ("public",)) -> Outcome:
    """What a check says about a database, asked as the audit asks."""
    with connect(url, read_only=True, search_path=["public"]) as connection:
        return outcome_on(slug, connection, schemas)


def outcome_on(slug: str, connection: Connection, schemas: Sequence[str] = ("public",)) -> Outcome:
    live = read_snapshot(connection, schemas=schemas)
    numbers = read_numbers(connection, live, Bounds())
    question = Question(live, None, "UTC", "public", numbers)
    return run_server(CHECKS[slug], connection, question, Bounds())


def findings(slug: str, url: DatabaseUrl) -> tuple[Finding, ...]:
    """What a check finds; that it could run is taken for granted."""
    given = outcome(slug, url)
    assert [missed.reason for missed in given.not_run] == []
    return given.findings


def messages(slug: str, url: DatabaseUrl) -> list[str]:
    return [finding.message for finding in findings(slug, url)]


def reasons(slug: str, url: DatabaseUrl) -> list[str]:
    """Why a check could not run."""
    given = outcome(slug, url)
    assert given.passed == ()
    return [missed.reason for missed in given.not_run]
