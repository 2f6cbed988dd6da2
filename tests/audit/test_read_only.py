"""The audit only reads: as a role that may do nothing else, without writing, without any lock that
would make a writer wait."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from psycopg import conninfo, sql

from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.audit.own_server import needs_own_server, own_server
from tests.audit.support import PLAIN, audited_on
from tests.audit.test_minegnk import ROWS
from tests.support import BASELINE, TARGET, execute, execute_file

pytestmark = needs_own_server

# Nothing but the audit may write while it is watched.
QUIET = ("autovacuum = off", "wal_level = minimal", "max_wal_senders = 0")

RIGHTS = """
CREATE ROLE auditor LOGIN PASSWORD 'only looking';
ALTER ROLE auditor SET default_transaction_read_only = on;
GRANT pg_monitor TO auditor;
REVOKE ALL ON DATABASE shop FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO auditor;
GRANT USAGE ON SCHEMA public TO auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO auditor;
"""
# What such a role cannot be told, and what this server does not know.
NOT_RUN = {
    "GNK-A017": "only a superuser may read how passwords are kept (pg_authid)",
    "GNK-A019": "only a superuser may read who is let in (pg_hba_file_rules)",
    "GNK-O008": "the server archives no WAL, and other backups leave no trace in it",
    "GNK-P008": "the extension pg_stat_statements is not installed in this database",
    "GNK-P012": "the extension pg_stat_statements is not installed in this database",
    "GNK-P010": "the statistics have been collected for less than 30 days",
}


@pytest.fixture(scope="module")
def quiet() -> Iterator[Server]:
    with own_server(*QUIET) as server:
        yield server


@pytest.fixture(scope="module")
def shop(quiet: Server) -> DatabaseUrl:
    """A database with rows, a view, and a role that may only look."""
    url = quiet.create_database("shop")
    execute_file(url, BASELINE)
    execute_file(url, ROWS)
    execute(
        url,
        """CREATE VIEW names AS SELECT email FROM users;
        CREATE TABLE tickets (id serial PRIMARY KEY, password text);
        INSERT INTO tickets (password) SELECT md5(n::text) FROM generate_series(1, 5000) AS n;
        ALTER TABLE tickets ENABLE ROW LEVEL SECURITY;
        CREATE POLICY all_tickets ON tickets FOR SELECT USING (true)""",
    )
    execute(url, f"{RIGHTS} ANALYZE")
    return url


@pytest.fixture(scope="module")
def target(quiet: Server) -> Snapshot:
    with quiet.database() as url:
        execute_file(url, TARGET)
        with connect(url) as connection:
            return read_snapshot(connection, schemas=["public"])


def _as_auditor(url: DatabaseUrl) -> Connection:
    address = conninfo.make_conninfo(url.conninfo, user="auditor", password="only looking")
    return connect(DatabaseUrl(address), read_only=True, search_path=["public"])


def _audit(url: DatabaseUrl, target: Snapshot, policy: Policy = PLAIN) -> AuditResult:
    with _as_auditor(url) as session:
        return audited_on(session, target, policy)


def test_a_role_that_may_only_look_learns_nearly_all(shop: DatabaseUrl, target: Snapshot) -> None:
    seen = _audit(shop, target)
    with connect(shop, read_only=True, search_path=["public"]) as chief:
        by_chief = audited_on(chief, target)
    not_run = {missed.check: missed.reason for missed in seen.not_run}
    # Row security hides rows from it, so it claims nothing about them.
    hidden = {check for check, reason in not_run.items() if "may not read all" in reason}
    assert hidden == {"GNK-A020", "GNK-O011", "GNK-S027", "GNK-S055"}
    assert {check: reason for check, reason in not_run.items() if check not in hidden} == NOT_RUN
    assert {each.fingerprint for each in seen.findings} == {
        each.fingerprint for each in by_chief.findings
    }


def test_it_writes_nothing(shop: DatabaseUrl, target: Snapshot) -> None:
    state = """
        SELECT pg_current_wal_insert_lsn(), pg_snapshot_xmax(pg_current_snapshot()),
            (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_all_tables)"""
    with connect(shop) as watcher:
        # Readers tidy up pages that others have left untidy; ANALYZE leaves some so.
        watcher.execute("VACUUM (FREEZE, ANALYZE)")
        watcher.execute("VACUUM (FREEZE)")
        watcher.execute("CHECKPOINT")
        before = watcher.execute(state).fetchone()
        _audit(shop, target)
        assert watcher.execute(state).fetchone() == before


def test_it_takes_no_lock_beyond_reading(shop: DatabaseUrl, target: Snapshot) -> None:
    """EXCLUSIVE lets ACCESS SHARE pass and makes everything stronger wait (manual, 13.3.1)."""
    every = """
        SELECT oid::regclass::text FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace IN (
            'public'::regnamespace, 'pg_catalog'::regnamespace
        )"""
    impatient = replace(PLAIN, bounds=replace(PLAIN.bounds, lock_timeout_ms=200))
    with _as_auditor(shop) as session, connect(shop, search_path=["public"]) as writer:
        session.execute("SET lock_timeout = '200ms'")  # for reading the catalog
        names = [row[0] for row in writer.execute(every).fetchall()]
        assert {"users", "pg_class"} <= {name.rpartition(".")[2] for name in names}
        with writer.transaction():
            for name in names:
                writer.execute(
                    sql.SQL("LOCK TABLE ONLY {} IN EXCLUSIVE MODE").format(sql.SQL(name))
                )
            result = audited_on(session, target, impatient)
    assert [missed.reason for missed in result.not_run if "lock" in missed.reason] == []
    assert result.findings


def test_its_session_could_not_write(shop: DatabaseUrl) -> None:
    with connect(shop, read_only=True) as session:
        assert session.execute("SHOW default_transaction_read_only").fetchone() == ("on",)
