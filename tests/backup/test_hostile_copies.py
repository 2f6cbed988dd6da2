"""What a database holds runs on a copy of it with nobody's rights who matters."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gnkmigrate.backup import create_backup
from gnkmigrate.backup.progress import Observer, ignore
from gnkmigrate.copies.clone import clone
from gnkmigrate.copies.sample import Selection
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.servers.server import CARRIER
from gnkmigrate.settings import Settings
from tests.backup.conftest import NewRole
from tests.support import execute, rows

# It says by its failure that it was run by a superuser.
TRAP = """
CREATE FUNCTION calm() RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT system_identifier FROM pg_control_system()) <> {here}
       AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE 'run by the superuser %', current_user;
    END IF;
    RETURN true;
END $$;
CREATE DOMAIN calm_text AS text CHECK (calm());
CREATE TABLE trap (
    id int PRIMARY KEY CHECK (calm()), word calm_text,
    made boolean GENERATED ALWAYS AS (calm()) STORED
);
CREATE INDEX ON trap ((calm()), id);
CREATE MATERIALIZED VIEW seen AS SELECT id, calm() FROM trap;
INSERT INTO trap VALUES (1, 'a'), (2, 'b');
REFRESH MATERIALIZED VIEW seen;
"""


@contextmanager
def untold() -> Iterator[Observer]:
    yield ignore


@pytest.fixture
def trapped(new_role: NewRole, database: DatabaseUrl) -> DatabaseUrl:
    """A database with the trap, which belongs to a role without rights."""
    role = new_role()
    ((here,),) = rows(database, "SELECT system_identifier FROM pg_control_system()")
    execute(database, TRAP.replace("{here}", str(here)))
    for kind, name in (
        ("FUNCTION", "calm()"),
        ("TABLE", "trap"),
        ("MATERIALIZED VIEW", "seen"),
        ("DOMAIN", "calm_text"),
    ):
        execute(database, f"ALTER {kind} {name} OWNER TO {role}")
    return database


def test_rows_come_into_a_copy_without_a_superuser(trapped: DatabaseUrl, project: Settings) -> None:
    with pytest.raises(PhaseRefused, match="nothing was read"):  # an index of the live table
        create_backup(trapped, project, verify=True)
    project = project.model_copy(update={"trust_triggers": True})
    made = create_backup(trapped, project, verify=True)

    assert made.differences == ()
    assert made.verified is True


@pytest.mark.parametrize("selection", [Selection(), Selection(rows=1)], ids=["whole", "sample"])
def test_a_copy_for_a_rehearsal_asks_for_trust_as_a_backup_does(
    selection: Selection, trapped: DatabaseUrl, project: Settings
) -> None:
    with (
        pytest.raises(PhaseRefused, match="nothing was read"),
        clone(project, trapped, untold, selection),
    ):
        pass
    project = project.model_copy(update={"trust_triggers": True})
    with clone(project, trapped, untold, selection) as copy:
        assert copy.live_rows == 2


def test_the_role_that_carries_rows_is_no_superuser_and_goes(
    server: Server, database: DatabaseUrl
) -> None:
    execute(database, "CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    with server.carrier(database) as carrier, connect(carrier) as session:
        found = session.execute(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication"
            " OR pg_has_role('pg_execute_server_program', 'MEMBER')"
            " OR pg_has_role('pg_write_server_files', 'MEMBER')"
            " OR pg_has_role('pg_read_server_files', 'MEMBER')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert found.fetchone() == (False,)
        session.execute("INSERT INTO public.t VALUES (1)")
    assert rows(database, f"SELECT count(*) FROM pg_roles WHERE rolname = '{CARRIER}'") == [(0,)]
    assert rows(database, "TABLE t") == [(1,)]


def test_a_program_of_the_database_writes_nothing_here(
    database: DatabaseUrl, project: Settings, tmp_path: Path
) -> None:
    """Seen: an OS command on the machine of whoever verified a backup."""
    file = tmp_path / "written"
    execute(
        database,
        f"""CREATE FUNCTION run() RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
            IF inet_server_addr() IS NULL AND current_user LIKE 'gnkmigrate%' THEN
                COPY (SELECT 1) TO PROGRAM 'touch {file}';
            END IF;
            RETURN true;
        EXCEPTION WHEN insufficient_privilege THEN RETURN true;
        END $$;
        CREATE TABLE t (id int CHECK (run())); INSERT INTO t VALUES (1)""",
    )
    assert create_backup(database, project, verify=True).verified is True
    assert not file.exists()
