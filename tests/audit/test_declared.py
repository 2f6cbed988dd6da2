"""What server checks say of a target: by its facts, and by the database's where it is silent."""

import pytest

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.selection import Selection
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.stated import as_script
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.audit.support import audited, of_check
from tests.support import execute

TABLES = """
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
CREATE TABLE notes (id int PRIMARY KEY, note text);
"""
SECURED = f"""{TABLES}
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user);
"""


@pytest.fixture
def script(server: Server) -> Snapshot:
    """A script that names no owner and grants nothing."""
    with server.database() as url:
        execute(url, SECURED)
        with connect(url, search_path=["public"]) as connection:
            snapshot = read_snapshot(connection, schemas=["public"])
        return as_script(snapshot, snapshot.role)


def test_grants_that_a_target_leaves_open_are_the_databases(
    database: DatabaseUrl, script: Snapshot
) -> None:
    execute(database, f"{TABLES} GRANT SELECT ON accounts, notes TO PUBLIC")
    found = audited(database, script).findings
    told = [(each.check, str(each.object)) for each in found if each.check.endswith("A001")]
    assert told == [("GNK-TA001", "public.notes")]


def test_what_only_one_side_has_is_told_of_that_side(
    database: DatabaseUrl, script: Snapshot
) -> None:
    execute(database, f"{SECURED} GRANT SELECT ON accounts, notes TO PUBLIC")
    found = audited(database, script).findings
    assert [each.check for each in found if each.check.endswith("A001")] == ["GNK-A001"]


def test_a_check_is_asked_for_by_its_name_on_the_target(
    database: DatabaseUrl, script: Snapshot
) -> None:
    execute(database, f"{TABLES} GRANT SELECT ON accounts, notes TO PUBLIC")
    policy = Policy(selection=Selection(only=("target-row-security-off",)))
    assert [each.check for each in audited(database, script, policy).findings] == ["GNK-TA001"]


def test_a_finding_about_the_target_is_as_severe_as_about_the_database(
    database: DatabaseUrl, server: Server
) -> None:
    opened = "CREATE VIEW names AS SELECT 1 AS one; GRANT SELECT ON names TO PUBLIC;"
    with server.database() as url:
        execute(url, opened)
        with connect(url, search_path=["public"]) as connection:
            target = read_snapshot(connection, schemas=["public"])
    (there,) = of_check(audited(database, target), "GNK-TA007")
    execute(database, opened)
    (here,) = of_check(audited(database), "GNK-A007")
    assert there.severity == here.severity == Severity.LOW
