"""Backups: what they hold, who may read them, and what stops one."""

import hashlib
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.backup import BackupFailed, create_backup
from gnkmigrate.backup.manifest import manifest_path, read_manifest
from gnkmigrate.backup.progress import TransferProgress
from gnkmigrate.errors import SettingsError
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.servers.client_programs import program
from gnkmigrate.settings import Settings
from tests.backup.conftest import NewRole, as_role
from tests.support import execute, rows


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


GIT = shutil.which("git") or "git"
MOUNT = shutil.which("mount") or "mount"
UMOUNT = shutil.which("umount") or "umount"


@pytest.fixture
def open_umask() -> Iterator[None]:
    """New files may be read and written by everybody, as far as the system is concerned."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_backup_and_its_manifest(lived_in: DatabaseUrl, project: Settings) -> None:
    made = create_backup(lived_in, project)
    manifest = read_manifest(made.file)
    assert manifest == made.manifest
    assert made.file.parent == project.root / "backups"
    assert made.file.read_bytes().startswith(b"PGDMP")
    assert manifest.file == made.file.name
    assert manifest.size == made.file.stat().st_size
    assert manifest.sha256 == hashlib.sha256(made.file.read_bytes()).hexdigest()
    assert manifest.extensions == ("pgcrypto", "uuid-ossp")
    assert manifest.verified_at is None
    counts = {f"{table.schema}.{table.name}": table.rows for table in manifest.tables}
    assert counts["public.users"] == 3
    assert counts["gnkmigrate.run"] == 1
    assert made.verified is None
    assert made.warnings == ()


@pytest.mark.usefixtures("open_umask")
def test_only_the_owner_may_read_it(lived_in: DatabaseUrl, project: Settings) -> None:
    made = create_backup(lived_in, project)
    assert mode(made.file) == 0o600
    assert mode(manifest_path(made.file)) == 0o600
    assert mode(made.file.parent) == 0o700


def test_backups_stay_out_of_git(lived_in: DatabaseUrl, project: Settings) -> None:
    subprocess.run([GIT, "init", "--quiet", project.root], check=True)
    create_backup(lived_in, project)
    command = [GIT, "status", "--porcelain"]
    status = subprocess.run(command, cwd=project.root, check=True, capture_output=True)
    assert status.stdout == b""


def test_the_dump_and_the_counts_are_of_one_moment(
    minegnk: DatabaseUrl, project: Settings, server: Server
) -> None:
    """A row that comes in after the rows were counted is not in the dump either."""

    def write(progress: TransferProgress) -> None:
        if progress.doing == "saving" and progress.done == 0:
            execute(minegnk, "INSERT INTO users (email, password) VALUES (gen_random_uuid(), '-')")

    made = create_backup(minegnk, project, observe=write)
    assert rows(minegnk, "SELECT count(*) > 0 FROM users") == [(True,)]
    assert {table.rows for table in made.manifest.tables} == {0}
    pg_restore = program("pg_restore", server.major)
    options = ["--data-only", "--table=users", "--file=-"]
    dump = subprocess.run([pg_restore, *options, made.file], check=True, capture_output=True)
    assert b"COPY public.users" in dump.stdout
    assert b"FROM stdin;\n\\.\n" in dump.stdout


def test_a_sequence_that_goes_on_meanwhile(database: DatabaseUrl, project: Settings) -> None:
    execute(database, "CREATE SEQUENCE ids; CREATE TABLE t ()")

    def draw(progress: TransferProgress) -> None:
        if progress.doing == "checking":
            execute(database, "SELECT nextval('ids'), nextval('ids')")

    ids = create_backup(database, project, observe=draw).manifest.sequences[0]
    assert (ids.lowest, ids.highest) == (1, 3)


def test_progress_counts_the_tables(lived_in: DatabaseUrl, project: Settings) -> None:
    told: list[TransferProgress] = []
    made = create_backup(lived_in, project, observe=told.append)
    total = len(made.manifest.tables)
    saving = [progress for progress in told if progress.doing == "saving"]
    assert [progress.done for progress in saving] == [0, *range(total)]
    assert {progress.total for progress in saving} == {total}


def test_the_roles_that_a_dump_names(
    new_role: NewRole, lived_in: DatabaseUrl, project: Settings
) -> None:
    owner, reader, stranger = new_role(), new_role(), new_role()
    execute(
        lived_in,
        f"CREATE TABLE owned (); ALTER TABLE owned OWNER TO {owner};"
        f"CREATE POLICY own ON users TO {reader} USING (true)",
    )
    named = create_backup(lived_in, project).manifest.roles
    assert {owner, reader} < set(named)
    assert stranger not in named


@pytest.mark.parametrize("place", ["there.dump", "there"])
def test_the_place_can_be_chosen(
    database: DatabaseUrl, project: Settings, tmp_path: Path, place: str
) -> None:
    (tmp_path / "there").mkdir()
    made = create_backup(database, project, output=tmp_path / place)
    assert made.file == tmp_path / "there.dump" or made.file.parent == tmp_path / "there"
    assert made.file.is_file()
    assert not (tmp_path / "backups").exists()


def test_nothing_is_written_over(database: DatabaseUrl, project: Settings, tmp_path: Path) -> None:
    (tmp_path / "kept.dump.json").write_text("mine")
    with pytest.raises(BackupFailed, match=r"kept\.dump\.json is there already"):
        create_backup(database, project, output=tmp_path / "kept.dump")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.dump.json"]


def test_a_folder_that_is_not_there(
    database: DatabaseUrl, project: Settings, tmp_path: Path
) -> None:
    with pytest.raises(BackupFailed, match=r"away/my\.dump cannot be written: No such file"):
        create_backup(database, project, output=tmp_path / "away" / "my.dump")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(
    database: DatabaseUrl, project: Settings, tmp_path: Path
) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BackupFailed, match=r"cannot be written: Permission denied"):
        create_backup(database, project)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=64k", "gnkmigrate-test", str(folder)]
    try:
        mounted = subprocess.run([MOUNT, *options], check=False, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run([UMOUNT, "--lazy", folder], check=True)


def test_a_disk_that_is_full(database: DatabaseUrl, project: Settings, small_disk: Path) -> None:
    execute(
        database,
        "CREATE TABLE big AS SELECT gen_random_uuid() FROM generate_series(1, 20000)",
    )
    with pytest.raises(BackupFailed, match="There is no room left") as failed:
        create_backup(database, project, output=small_disk / "my.dump")
    assert str(small_disk) in failed.value.message
    assert list(small_disk.iterdir()) == []


def test_a_role_that_may_not_read_everything(
    new_role: NewRole, lived_in: DatabaseUrl, project: Settings
) -> None:
    role = new_role()
    execute(
        lived_in,
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}; REVOKE ALL ON users FROM {role}",
    )
    with pytest.raises(BackupFailed, match="may not read all tables and sequences") as failed:
        create_backup(as_role(lived_in, role), project)
    assert "table public.users" in failed.value.details
    assert "table gnkmigrate.run" in failed.value.details
    assert "sequence public.drawn" in failed.value.details
    assert "table public.node_requests" not in failed.value.details
    assert f'GRANT pg_read_all_data TO "{role}"' in failed.value.hint
    assert not list(project.root.rglob("*.dump*"))
    execute(lived_in, f"GRANT pg_read_all_data TO {role}")
    assert create_backup(as_role(lived_in, role), project).manifest.contents.rows > 0


def test_a_role_that_row_security_applies_to(
    new_role: NewRole, database: DatabaseUrl, project: Settings
) -> None:
    role = new_role()
    execute(
        database,
        "CREATE TABLE secrets (); ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;"
        f"GRANT SELECT ON secrets TO {role}",
    )
    with pytest.raises(BackupFailed, match="Row security hides rows of") as failed:
        create_backup(as_role(database, role), project)
    assert failed.value.details == ("table public.secrets",)
    execute(database, f"DROP OWNED BY {role}")


def test_what_pg_dump_complains_of(
    new_role: NewRole, database: DatabaseUrl, project: Settings
) -> None:
    """A large object that may not be read is only found by pg_dump."""
    role = new_role()
    execute(database, "SELECT lo_from_bytea(0, 'x')")
    with pytest.raises(BackupFailed, match="pg_dump failed") as failed:
        create_backup(as_role(database, role), project)
    assert "permission denied for large object" in "\n".join(failed.value.details)
    assert not list(project.root.rglob("*.dump*"))


def test_roles_and_databases_with_settings_of_their_own(
    new_role: NewRole, database: DatabaseUrl, project: Settings
) -> None:
    role = new_role()
    execute(
        database,
        # Reading it takes longer than the role may; what goes before lifts that, and must not.
        "CREATE TABLE t AS SELECT generate_series(1, 1000000) AS number;"
        f"GRANT SELECT ON t TO {role};"
        f"ALTER ROLE {role} SET lock_timeout = 1; ALTER ROLE {role} SET statement_timeout = 100;"
        f"ALTER ROLE {role} SET search_path = nowhere;"
        f"ALTER ROLE {role} SET default_transaction_isolation = 'serializable'",
    )
    assert create_backup(as_role(database, role), project).manifest.contents.rows == 1_000_000
    execute(database, f"DROP OWNED BY {role}")


def test_a_passphrase_that_would_be_an_argument(database: DatabaseUrl, project: Settings) -> None:
    url = DatabaseUrl(conninfo.make_conninfo(database.conninfo, sslpassword="phrase"))
    with pytest.raises(SettingsError, match="cannot be passed sslpassword"):
        create_backup(url, project)


INTERRUPTED = """
import os, signal
from pathlib import Path
from gnkmigrate.backup import create_backup
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.settings import Settings

def interrupt_soon(progress):
    if progress.doing == "saving":
        print(*[oct(path.stat().st_mode) for path in Path().iterdir()])
        signal.setitimer(signal.ITIMER_REAL, 0.3)

signal.signal(signal.SIGALRM, signal.default_int_handler)
url = DatabaseUrl(os.environ["TEST_CONNINFO"])
create_backup(url, Settings(), output=Path("my.dump"), observe=interrupt_soon)
"""


def test_an_interrupt_leaves_nothing_behind(database: DatabaseUrl, tmp_path: Path) -> None:
    """Ctrl-C while pg_dump waits for a lock that the count of rows did not need."""
    execute(
        database,
        "CREATE TABLE parted (a int) PARTITION BY LIST (a);"
        "CREATE TABLE part PARTITION OF parted DEFAULT",
    )
    with connect(database) as blocker, blocker.transaction():
        blocker.execute("LOCK TABLE ONLY public.parted IN ACCESS EXCLUSIVE MODE")
        ended = subprocess.run(
            [sys.executable, "-c", INTERRUPTED],
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "TEST_CONNINFO": database.conninfo},
        )
        assert "KeyboardInterrupt" in ended.stderr
        assert ended.stdout.split() == ["0o100600", "0o100600"]
        assert list(tmp_path.iterdir()) == []
