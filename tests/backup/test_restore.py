"""Restores: what is refused beforehand, what comes back, and that nothing is left half done."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.backup import (
    Backup,
    Restored,
    RestoreFailed,
    RestorePlan,
    RestoreRefused,
    create_backup,
    plan_restore,
    run_restore,
)
from gnkmigrate.backup.contents import read_contents
from gnkmigrate.backup.manifest import manifest_path, write_manifest
from gnkmigrate.backup.progress import TransferProgress
from gnkmigrate.backup.target import Held
from gnkmigrate.errors import RunnerBusy
from gnkmigrate.facts.printing import as_restored, settled
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import one_runner
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.backup.conftest import NewRole, as_role
from tests.support import BASELINE, execute, execute_file, pg_dump, rows

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


@pytest.fixture
def backup(lived_in: DatabaseUrl, project: Settings) -> Backup:
    return create_backup(lived_in, project)


@pytest.fixture
def small(server: Server, project: Settings) -> Backup:
    """A backup of one table with two rows."""
    with server.database() as url:
        execute(url, "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2)")
        return create_backup(url, project)


def restore(file: Path, url: DatabaseUrl, *, clean: bool = False, owners: bool = True) -> Restored:
    return run_restore(plan_restore(file, url, clean=clean, owners=owners))


def state(url: DatabaseUrl, server: Server) -> tuple[object, ...]:
    """All that can be compared of a database: rows, sequences, catalog, pg_dump."""
    with connect(url, read_only=True) as connection:
        contents = read_contents(connection, hashed=True)
        facts = as_restored(read_snapshot(connection)).facts
        return contents, facts, settled(pg_dump(url, server))


def test_all_comes_back(
    backup: Backup, lived_in: DatabaseUrl, database: DatabaseUrl, server: Server
) -> None:
    assert restore(backup.file, database).differences == ()
    assert state(database, server) == state(lived_in, server)


# A materialized view over a view whose owner sees a part of the rows.
HIDING = """
CREATE TABLE hidden (a int); INSERT INTO hidden VALUES (1), (2), (3);
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; GRANT SELECT ON hidden TO pg_monitor;
CREATE POLICY p ON hidden TO pg_monitor USING (a > 1);
CREATE VIEW seen AS SELECT * FROM hidden; ALTER VIEW seen OWNER TO pg_monitor;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM seen;
"""


@pytest.mark.parametrize("clean", [False, True], ids=["empty", "clean"])
def test_row_security_hides_no_row_and_stops_no_view(
    server: Server, project: Settings, database: DatabaseUrl, clean: bool
) -> None:
    with server.database() as url:
        execute(url, f"SET row_security = on; {HIDING}")
        backup = create_backup(url, project)
    if clean:
        execute(database, f"SET row_security = on; {HIDING} DELETE FROM hidden")
    assert restore(backup.file, database, clean=clean).differences == ()
    assert rows(database, "SELECT a FROM hidden ORDER BY a") == [(1,), (2,), (3,)]
    assert rows(database, "SELECT a FROM kept ORDER BY a") == [(2,), (3,)]


def test_the_journal_comes_back(backup: Backup, database: DatabaseUrl) -> None:
    restore(backup.file, database)
    assert rows(database, "SELECT phase, state FROM gnkmigrate.run") == [("tables", "done")]


def test_queries_are_planned_with_statistics(small: Backup, database: DatabaseUrl) -> None:
    restore(small.file, database)
    analyzed = "SELECT reltuples FROM pg_class WHERE oid = 'public.t'::regclass"
    assert rows(database, analyzed) == [(2,)]


def test_a_database_that_is_not_empty(backup: Backup, minegnk: DatabaseUrl) -> None:
    before = rows(minegnk, TABLES)
    with pytest.raises(RestoreRefused, match="is not empty") as refused:
        plan_restore(backup.file, minegnk)
    assert "table public.users" in refused.value.details
    assert "type public.users_role_enum" in refused.value.details
    assert not any("index" in detail for detail in refused.value.details)
    assert "--clean" in refused.value.hint
    assert rows(minegnk, TABLES) == before


@pytest.mark.parametrize(
    "content",
    [
        "CREATE SCHEMA other",
        "CREATE VIEW v AS SELECT 1 AS one",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE DOMAIN d AS int",
        "CREATE SEQUENCE s",
        "SELECT lo_create(7)",
        "CREATE PUBLICATION p",
    ],
)
def test_whatever_a_database_holds_is_seen_and_can_be_dropped(
    small: Backup, database: DatabaseUrl, content: str
) -> None:
    execute(database, content)
    with pytest.raises(RestoreRefused, match="is not empty"):
        plan_restore(small.file, database)
    restore(small.file, database, clean=True)
    execute(database, "DROP TABLE t")
    assert plan_restore(small.file, database).drops == ()


def test_an_extension_is_no_obstacle(backup: Backup, database: DatabaseUrl) -> None:
    execute(database, 'CREATE EXTENSION "uuid-ossp"')
    assert restore(backup.file, database).differences == ()


def test_clean_puts_the_old_state_in_the_place_of_the_new(
    backup: Backup, lived_in: DatabaseUrl, server: Server
) -> None:
    before = state(lived_in, server)
    execute(
        lived_in,
        'CREATE SCHEMA "new ""one"""; CREATE TABLE "new ""one""".t (id uuid PRIMARY KEY);'
        "ALTER TABLE users ADD telegram text; DELETE FROM beaver;"
        'CREATE TABLE follower (id uuid REFERENCES "new ""one""".t);'
        "CREATE FUNCTION thrice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 3';"
        "CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int);"
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);"
        "CREATE TYPE pair AS (a int, b int); CREATE TYPE span AS RANGE (SUBTYPE = time);"
        "DROP TABLE numbered",
    )
    assert restore(backup.file, lived_in, clean=True).differences == ()
    assert state(lived_in, server) == before


def test_a_clean_restore_that_fails_drops_nothing(
    small: Backup, lived_in: DatabaseUrl, server: Server
) -> None:
    before = state(lived_in, server)
    plan = plan_restore(small.file, lived_in, clean=True)
    impossible = Held("table public.t", "CREATE TABLE public.t ()")
    with pytest.raises(RestoreFailed, match="it is as it was before") as failed:
        run_restore(replace(plan, drops=(*plan.drops, impossible)))
    assert 'relation "t" already exists' in "\n".join(failed.value.details)
    assert state(lived_in, server) == before


def test_a_clean_restore_of_half_a_dump_drops_nothing(
    small: Backup, lived_in: DatabaseUrl, server: Server
) -> None:
    """pg_restore stops in the middle; what psql had of it so far is rolled back."""
    before = state(lived_in, server)
    plan = plan_restore(small.file, lived_in, clean=True)
    whole = small.file.read_bytes()
    small.file.write_bytes(whole[: len(whole) - 8])
    with pytest.raises(RestoreFailed) as failed:
        run_restore(plan)
    assert "pg_restore: error: " in "\n".join(failed.value.details)
    assert state(lived_in, server) == before


@pytest.mark.parametrize("clean", [True, False])
def test_an_interrupt_leaves_the_database_as_it_was(
    backup: Backup, lived_in: DatabaseUrl, database: DatabaseUrl, server: Server, clean: bool
) -> None:
    def interrupt(progress: TransferProgress) -> None:
        if progress.doing == "restoring" and progress.done == 1:
            raise KeyboardInterrupt

    url = lived_in if clean else database
    before = state(url, server)
    with pytest.raises(KeyboardInterrupt):
        run_restore(plan_restore(backup.file, url, clean=clean), interrupt)
    assert state(url, server) == before


def test_clean_does_not_wait_for_others_forever(small: Backup, minegnk: DatabaseUrl) -> None:
    plan = plan_restore(small.file, minegnk, clean=True)
    soon = Held("", "SET LOCAL lock_timeout = '50ms'")
    with connect(minegnk) as other, other.transaction():
        other.execute("SELECT FROM public.users")
        with pytest.raises(RestoreFailed) as failed:
            run_restore(replace(plan, drops=(soon, *plan.drops)))
    assert "Others are using the database" in failed.value.hint


def test_a_restore_that_fails_leaves_the_database_empty(
    small: Backup, database: DatabaseUrl
) -> None:
    plan = plan_restore(small.file, database)
    execute(database, "CREATE TABLE t ()")  # after somebody has looked, and before
    with pytest.raises(RestoreFailed, match="it is as it was before"):
        run_restore(plan)
    execute(database, "DROP TABLE t")
    assert plan_restore(small.file, database).drops == ()


def test_rows_that_are_not_those_of_the_backup(small: Backup, database: DatabaseUrl) -> None:
    wrong = replace(small.manifest.tables[0], rows=3)
    write_manifest(small.manifest.model_copy(update={"tables": (wrong,)}), small.file)
    assert restore(small.file, database).differences == (
        "table public.t: 3 rows saved, 2 restored",
    )


def tampered(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (tampered, "is damaged: its SHA-256 is not the one in the manifest"),
        (lambda content: content[:-1], r"is damaged: [\d,]+ bytes instead of"),
        (lambda _: b"CREATE TABLE t ();", "is not a dump in PostgreSQL's custom format"),
        (lambda _: b"", "is not a dump in PostgreSQL's custom format"),
    ],
)
def test_a_file_that_is_not_what_was_saved(
    small: Backup, database: DatabaseUrl, change: Callable[[bytes], bytes], message: str
) -> None:
    small.file.write_bytes(change(small.file.read_bytes()))
    with pytest.raises(RestoreRefused, match=message):
        plan_restore(small.file, database)


@pytest.mark.parametrize("place", ["nowhere.dump", "."])
def test_a_file_that_is_none(database: DatabaseUrl, tmp_path: Path, place: str) -> None:
    with pytest.raises(RestoreRefused, match="cannot be read"):
        plan_restore(tmp_path / place, database)


def test_a_dump_without_a_manifest(small: Backup, database: DatabaseUrl) -> None:
    manifest_path(small.file).unlink()
    with pytest.raises(RestoreRefused, match="has no manifest"):
        plan_restore(small.file, database)


@pytest.mark.parametrize("text", ["", "{}", '{"version": 2}', "[" * 100000])
def test_a_manifest_that_is_none(small: Backup, database: DatabaseUrl, text: str) -> None:
    manifest_path(small.file).write_text(text)
    with pytest.raises(RestoreRefused, match="is not the manifest of a backup"):
        plan_restore(small.file, database)


def noted(backup: Backup, **other: object) -> Path:
    """The backup's file, after its manifest has been made to say something else."""
    document = json.loads(backup.manifest.text) | other
    manifest_path(backup.file).write_text(json.dumps(document))
    return backup.file


def test_a_server_older_than_the_backup(small: Backup, database: DatabaseUrl) -> None:
    with pytest.raises(RestoreRefused, match=r"The backup is of PostgreSQL 99, and the server"):
        plan_restore(noted(small, server_version=990001), database)


def test_a_server_that_lacks_an_extension(small: Backup, database: DatabaseUrl) -> None:
    with pytest.raises(RestoreRefused, match="lacks extensions") as refused:
        plan_restore(noted(small, extensions=["postgis", "pgcrypto"]), database)
    assert refused.value.details == ("extension postgis",)


def test_a_server_that_lacks_a_role(small: Backup, database: DatabaseUrl) -> None:
    file = noted(small, roles=["postgres", "nobody at all"])
    with pytest.raises(RestoreRefused, match="lacks roles") as refused:
        plan_restore(file, database)
    assert refused.value.details == ("role nobody at all",)
    assert restore(file, database, owners=False).differences == ()


def test_a_database_that_is_being_migrated(small: Backup, database: DatabaseUrl) -> None:
    plan = plan_restore(small.file, database)
    with connect(database) as other, one_runner.hold(other), pytest.raises(RunnerBusy):
        run_restore(plan)
    assert plan_restore(small.file, database).drops == ()


def test_owners_and_grants_come_back(
    new_role: NewRole, server: Server, database: DatabaseUrl, project: Settings
) -> None:
    owner, reader = new_role(), new_role()
    with server.database() as url:
        execute(
            url,
            f"CREATE TABLE t (); ALTER TABLE t OWNER TO {owner}; GRANT SELECT ON t TO {reader}",
        )
        file = create_backup(url, project).file
    restore(file, database)
    granted = f"SELECT tableowner, has_table_privilege('{reader}', 't', 'SELECT') FROM pg_tables"
    query = f"{granted} WHERE tablename = 't'"
    assert rows(database, query) == [(owner, True)]
    restore_again = plan_restore(file, database, clean=True, owners=False)
    run_restore(restore_again)
    ((now, may_read),) = rows(database, query)
    assert now != owner
    assert may_read is False


def test_the_owner_of_a_database_needs_no_superuser(
    new_role: NewRole, server: Server, project: Settings
) -> None:
    owner = new_role()
    with server.database() as shop, server.database() as copy:
        for url in (shop, copy):
            name = conninfo.conninfo_to_dict(url.conninfo)["dbname"]
            execute(url, f'ALTER DATABASE "{name}" OWNER TO {owner}')
            execute(url, f"GRANT ALL ON SCHEMA public TO {owner}")
        execute_file(as_role(shop, owner), BASELINE)
        file = create_backup(as_role(shop, owner), project).file
        assert restore(file, as_role(copy, owner)).differences == ()
        assert restore(file, as_role(shop, owner), clean=True).differences == ()


def test_a_role_that_may_not_create(
    new_role: NewRole, small: Backup, database: DatabaseUrl
) -> None:
    role = new_role()
    execute(database, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    with pytest.raises(RestoreFailed) as failed:
        restore(small.file, as_role(database, role), owners=False)
    assert "permission denied" in "\n".join(failed.value.details)
    assert "--no-owner" in failed.value.hint


def test_a_role_that_is_read_only_by_default(
    new_role: NewRole, small: Backup, database: DatabaseUrl
) -> None:
    role = new_role()
    execute(
        database,
        f"GRANT CREATE ON SCHEMA public TO {role};"
        f"ALTER ROLE {role} SET default_transaction_read_only = on",
    )
    plan = plan_restore(small.file, as_role(database, role), owners=False)
    with pytest.raises(RestoreFailed) as failed:
        run_restore(plan)
    assert "read-only" in failed.value.hint
    execute(database, f"DROP OWNED BY {role}")


def test_no_password_is_shown(small: Backup, database: DatabaseUrl) -> None:
    url = DatabaseUrl(conninfo.make_conninfo(database.conninfo, password="hunter2"))
    assert "hunter2" not in repr(RestorePlan(small.file, small.manifest, url, 160000, (), True))
