"""Every check finds all the flaws of its corpus and nothing in its clean schemas.

tests/audit/corpus/SLUG/ has flawed-1.sql, flawed-2.sql, flawed-3.sql and clean.sql, or more of
either. A flawed file says what is to be found, one line for each finding, and nothing else may be:

    -- finds: GNK-S002 public.dogs.dogs_owner_fkey: Foreign key dogs (owner) to users has no index.

that is the check, the object ("-" for the database as a whole), and the message, which may be
left out. Further lines that a file may have:

    -- needs: PostgreSQL 15         skips it on an older server
    -- database: own                commits it to a database of its own; else it is rolled back
    -- source time zone: ZONE       as the setting source_timezone; else it is UTC
    -- in another session:          what follows is left open in a transaction of another session

A check that compares reads its target from target.sql, or for one file alone from
target-NAME.sql, such as target-flawed-2.sql.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg import Rollback

from gnkmigrate.audit.check import (
    Check,
    ComparisonCheck,
    DataCheck,
    Gaps,
    Question,
    ServerCheck,
    StructureCheck,
)
from gnkmigrate.audit.checks import discover
from gnkmigrate.audit.data_checks import run_data
from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.audit.in_the_way import Look
from gnkmigrate.audit.numbers import read_numbers
from gnkmigrate.audit.outcome import (
    Outcome,
    run_comparison,
    run_server,
    run_structure,
)
from gnkmigrate.audit.row_query import Bounds
from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.audit.conftest import Read
from tests.audit.support import audited
from tests.conftest import MAJOR
from tests.support import execute_file

CORPUS = Path(__file__).parents[1] / "corpus"
OTHER_SESSION = "-- in another session:"
HOME = "public"

# Checks about circumstances that no SQL file can bring about, and the tests that bring them about.
_SESSIONS, _SERVERS = "audit/checks/test_sessions.py", "audit/checks/test_own_servers.py"
ELSEWHERE: dict[str, str] = {
    "idle-in-transaction": _SESSIONS,
    "long-transactions": _SESSIONS,
    "blocked-sessions": _SESSIONS,
    "connection-limit": _SESSIONS,
    "inactive-replication-slot": _SESSIONS,
    "unused-index": _SESSIONS,
    "no-tls": _SERVERS,
    "trust-authentication": _SERVERS,
    "cache-hit": _SERVERS,
    "wraparound": _SERVERS,
    "slow-statements": _SERVERS,
    "temp-files": _SERVERS,
    "suggested-index": _SERVERS,
    "pending-restart": _SERVERS,
    "replication-lag": _SERVERS,
    "wal-archiving": _SERVERS,
    "end-of-life": _SERVERS,
}

_FINDS = re.compile(r"^-- finds: (\S+) (.+?)(?:: (.+))?$", re.MULTILINE)
_ZONE = re.compile(r"^-- source time zone: (\S+)$", re.MULTILINE)
_NEEDS = re.compile(r"^-- needs: PostgreSQL (\d+)$", re.MULTILINE)

CHECKS = {check.slug: check for check in discover()}


@dataclass(frozen=True)
class Case:
    """One file of the corpus."""

    check: Check
    file: Path

    @property
    def text(self) -> str:
        return self.file.read_text()

    @property
    def target(self) -> Path | None:
        for name in (f"target-{self.file.stem}.sql", "target.sql"):
            if (self.file.parent / name).exists():
                return self.file.parent / name
        return None

    @property
    def expected(self) -> list[tuple[str, str, str]]:
        """What must be found: check, object, message (empty for any)."""
        return sorted(_FINDS.findall(self.text))


def cases(kind: str) -> list[object]:
    return [
        pytest.param(Case(check, file), id=f"{slug}/{file.stem}")
        for slug, check in CHECKS.items()
        for file in sorted((CORPUS / slug).glob(f"{kind}*.sql"))
    ]


@pytest.mark.parametrize("slug", CHECKS)
def test_every_check_has_three_flawed_schemas_and_a_clean_one(slug: str) -> None:
    if slug in ELSEWHERE:
        # A server in good order is the clean one: well-made.sql is asked on it.
        assert f'"{slug}"' in (CORPUS.parents[1] / ELSEWHERE[slug]).read_text()
        return
    flawed = list((CORPUS / slug).glob("flawed*.sql"))
    assert len(flawed) >= 3
    assert all(_FINDS.search(file.read_text()) for file in flawed)
    assert list((CORPUS / slug).glob("clean*.sql"))


def test_every_folder_is_a_checks() -> None:
    assert {folder.name for folder in CORPUS.iterdir() if folder.is_dir()} <= CHECKS.keys()


@pytest.mark.parametrize("case", cases("flawed"))
def test_a_flaw_is_found(case: Case, session: Connection, server: Server, read: Read) -> None:
    found = _findings(case, session, server, read)
    told = sorted((each.check, str(each.object) or "-", each.message) for each in found)
    wanted = case.expected
    assert [each[:2] for each in told] == [each[:2] for each in wanted]
    for (*_, said), (*_, message) in zip(told, wanted, strict=True):
        assert not message or said == message
    assert len({each.fingerprint for each in found}) == len(found)


@pytest.mark.parametrize("case", cases("clean"))
def test_nothing_is_found_in_a_clean_schema(
    case: Case, session: Connection, server: Server, read: Read
) -> None:
    assert [finding.message for finding in _findings(case, session, server, read)] == []


def test_a_well_made_schema_gives_nothing_above_info(database: DatabaseUrl) -> None:
    execute_file(database, CORPUS / "well-made.sql")
    grave = [(each.category, each.message) for each in audited(database).at_least(Severity.LOW)]
    # Of an old server there is something to say, whatever the schema: it gets no fixes any more,
    # and before PostgreSQL 15 everybody could create objects in schema public.
    of_server = {"operations", "security"} if MAJOR < 16 else set()
    assert [message for category, message in grave if category not in of_server] == []


def _findings(case: Case, session: Connection, server: Server, read: Read) -> tuple[Finding, ...]:
    needed = _NEEDS.search(case.text)
    if needed and int(needed[1]) > MAJOR:
        pytest.skip(f"it needs PostgreSQL {needed[1]}")
    if case.check.minimum_version // 10_000 > MAJOR:
        pytest.skip(f"the check needs PostgreSQL {case.check.minimum_version // 10_000}")
    target = read(case.target.read_text()) if case.target else None
    with _prepared(case, session, server) as connection:
        live = read_snapshot(connection, schemas=_schemas(case))
        outcome = _outcome(case, connection, live, target)
        for found in outcome.findings:
            _try_sql(connection, found)
            _try_fix(connection, found, live, _schemas(case))
    assert [missed.reason for missed in outcome.not_run] == []
    return outcome.findings


def _try_sql(connection: Connection, finding: Finding) -> None:
    """Lets PostgreSQL plan the query and the repair that a finding about rows shows."""
    repair = str(finding.evidence.get("proposed repair", ""))
    for variable in (":'value'", ":'label'"):
        repair = repair.replace(variable, "NULL")
    query = str(finding.evidence.get("query", "")) if finding.category == "data" else ""
    for statement in (query, repair):
        if statement:
            connection.execute(b"EXPLAIN " + statement.encode())


def _try_fix(connection: Connection, finding: Finding, live: Snapshot, schemas: list[str]) -> None:
    """Runs what a finding proposes, and what takes it back, after which nothing differs."""
    with connection.transaction() as transaction:
        for statement in filter(_in_transactions, (*finding.fix, *finding.undo)):
            connection.execute(statement.replace(" CONCURRENTLY", "").encode())
        if finding.undo:
            made = {"schema extensions", "owner schema.extensions"}  # others may use it by then
            left = compare(read_snapshot(connection, schemas=schemas), live)
            assert {str(change.identity) for change in left} <= made
        raise Rollback(transaction)


def _in_transactions(statement: str) -> bool:
    """Whether a statement runs in a transaction, and concerns no more than the database."""
    return not statement.startswith(("VACUUM", "ALTER SYSTEM", "SELECT pg_reload_conf"))


def _schemas(case: Case) -> list[str]:
    """The schemas that the file speaks of."""
    made = re.findall(r"CREATE SCHEMA (\w+)", case.text)
    return [HOME, *made]


@contextmanager
def _prepared(case: Case, session: Connection, server: Server) -> Iterator[Connection]:
    """A session in which the file's statements have been run."""
    own, _, other = case.text.partition(OTHER_SESSION)
    if not other and "-- database: own" not in own:
        with session.transaction() as transaction:
            session.execute(own.encode())
            yield session
            raise Rollback(transaction)
        return
    with ExitStack() as stack:
        url = stack.enter_context(server.database())
        connection = stack.enter_context(connect(url, search_path=[HOME]))
        for statement in own.split(";\n"):
            connection.execute(statement.encode())
        if other:
            stack.enter_context(connect(url, search_path=[HOME])).execute(
                f"BEGIN; {other}".encode()
            )
        yield connection


def _outcome(
    case: Case, connection: Connection, live: Snapshot, target: Snapshot | None
) -> Outcome:
    check, zone = case.check, _ZONE.search(case.text)
    if isinstance(check, StructureCheck):
        look = Look(connection, Bounds())
        return run_structure(check, live, None, HOME, alone=True, look=look)
    if isinstance(check, ServerCheck):
        look = Look(connection, Bounds())
        question = Question(live, target, "UTC", HOME, read_numbers(connection, live, Bounds()))
        return run_server(check, connection, question, Bounds(), look)
    assert target is not None, "a check that compares needs a target"
    gaps = Gaps(compare(live, target), live, target, HOME, zone[1] if zone else "UTC")
    if isinstance(check, ComparisonCheck):
        return run_comparison(check, gaps)
    assert isinstance(check, DataCheck)
    return run_data(check, connection, gaps, {}, Bounds())
