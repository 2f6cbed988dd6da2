"""backup --verify: a copy is restored and compared, and a difference is found."""

from dataclasses import replace
from pathlib import Path

import pytest

from gnkmigrate.backup import RestoreFailed, create_backup
from gnkmigrate.backup.manifest import Manifest, read_manifest
from gnkmigrate.backup.progress import TransferProgress, ignore
from gnkmigrate.backup.proof import differences_after_restore
from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.settings import ServerSettings, Settings
from tests.backup.conftest import NewRole
from tests.support import execute


def facts(url: DatabaseUrl) -> Snapshot:
    with connect(url, read_only=True) as connection:
        return read_snapshot(connection)


def test_a_copy_is_the_same_in_every_object_and_row(
    new_role: NewRole, lived_in: DatabaseUrl, project: Settings
) -> None:
    role = new_role()
    execute(
        lived_in,
        f"ALTER TABLE animal OWNER TO {role}; GRANT SELECT ON users TO {role};"
        f"CREATE POLICY own ON users TO {role} USING (true)",
    )
    made = create_backup(lived_in, project, verify=True)
    assert made.differences == ()
    assert made.verified is True
    manifest = read_manifest(made.file)
    assert manifest.verified_at is not None
    assert manifest.verified_at >= manifest.created_at
    assert manifest.contents.hashed


def test_it_is_true_of_what_others_write_meanwhile(
    lived_in: DatabaseUrl, project: Settings
) -> None:
    def write(progress: TransferProgress) -> None:
        if progress.doing in {"saving", "restoring"}:
            execute(
                lived_in,
                "INSERT INTO numbered DEFAULT VALUES; DELETE FROM beaver; SELECT nextval('drawn')",
            )

    assert create_backup(lived_in, project, verify=True, observe=write).differences == ()


@pytest.fixture
def dump(database: DatabaseUrl, project: Settings) -> tuple[Path, Manifest]:
    """A dump of the database `database`, and its manifest with hashes."""
    execute(database, "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2)")
    made = create_backup(database, project, verify=True)
    return made.file, made.manifest


def test_a_row_that_is_not_the_same_is_found(
    database: DatabaseUrl, dump: tuple[Path, Manifest], project: Settings
) -> None:
    file, manifest = dump
    other = replace(manifest.tables[0], hash="0" * 64)
    wrong = manifest.model_copy(update={"tables": (other,)})
    found = differences_after_restore(file, wrong, facts(database), project.server, ignore)
    assert found == ("table public.t: as many rows, but not the same values",)


def test_an_object_that_is_not_the_same_is_found(
    database: DatabaseUrl, dump: tuple[Path, Manifest], project: Settings
) -> None:
    file, manifest = dump
    execute(database, "ALTER TABLE t ALTER id TYPE bigint; CREATE VIEW v AS SELECT 1 AS one")
    found = differences_after_restore(file, manifest, facts(database), project.server, ignore)
    assert found == ("column public.t.id differs: type", "view public.v was not restored")


def test_an_extension_that_the_throwaway_server_lacks(
    database: DatabaseUrl, dump: tuple[Path, Manifest], project: Settings
) -> None:
    file, manifest = dump
    wrong = manifest.model_copy(update={"extensions": ("postgis",)})
    with pytest.raises(RestoreFailed, match="lacks an extension") as failed:
        differences_after_restore(file, wrong, facts(database), project.server, ignore)
    assert failed.value.details == ("extension postgis",)
    assert "The backup itself is complete" in failed.value.hint


def test_a_server_of_the_users_own_needs_no_roles(
    server: Server, new_role: NewRole, database: DatabaseUrl, tmp_path: Path
) -> None:
    role = new_role()
    execute(database, f"CREATE TABLE t (); ALTER TABLE t OWNER TO {role}")
    given = ServerSettings.model_validate({"provider": "url", "url": server.url.conninfo})
    project = Settings(root=tmp_path, server=given)
    assert create_backup(database, project, verify=True).verified is True


def test_a_backup_that_cannot_be_verified_is_kept(database: DatabaseUrl, tmp_path: Path) -> None:
    nowhere = ServerSettings.model_validate({"provider": "url", "url": None})
    with pytest.raises(ServerUnavailable):
        create_backup(database, Settings(root=tmp_path, server=nowhere), verify=True)
    (file,) = (tmp_path / "backups").glob("*.dump")
    assert read_manifest(file).verified_at is None
