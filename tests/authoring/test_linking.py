"""A table that becomes an entity and a link table: guessed whole, for MineGNK and for others."""

import shutil
from contextlib import nullcontext
from pathlib import Path

from gnkmigrate.authoring.author import write_revision
from gnkmigrate.check import CheckOptions, check
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.run.revision import load_phases
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings, load
from tests.migrations.project import Project
from tests.support import BASELINE, ROOT, execute, pg_dump, rows

CLUB = """
CREATE TABLE person (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE membership (
    id bigserial PRIMARY KEY, person_id int NOT NULL REFERENCES person, club text NOT NULL,
    town varchar(80), founded date, note text, joined timestamp NOT NULL DEFAULT now()
);
INSERT INTO person VALUES (1, 'Ada'), (2, 'Bob');
INSERT INTO membership (person_id, club, town, founded, note)
VALUES (1, 'Chess', 'Ulm', '1990-01-01', 'x'), (2, 'Chess', 'Ulm', '1990-01-01', NULL),
    (1, 'Rowing', NULL, NULL, NULL);
"""
CLUB_WANTED = """
CREATE TABLE person (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE club (
    id bigserial PRIMARY KEY, name varchar(60) NOT NULL UNIQUE, town varchar(40), founded date
);
CREATE TABLE membership (
    person_id int NOT NULL REFERENCES person,
    club_id bigint NOT NULL REFERENCES club ON DELETE CASCADE, role text,
    PRIMARY KEY (person_id, club_id)
);
CREATE INDEX membership_club_idx ON membership (club_id);
"""


HELD = "SELECT person_id, club, town, founded, note FROM membership ORDER BY id"


def project(folder: Path, server: Server, text: str) -> Settings:
    """A project before anybody has written a revision."""
    (folder / "migrations" / "versions").mkdir(parents=True)
    (folder / "gnkmigrate.toml").write_text(text)
    return load(folder / "gnkmigrate.toml", {"server": {"url": server.url.conninfo}})


def write_all(settings: Settings, url: DatabaseUrl, server: Server) -> Project:
    """Writes revisions and runs them until nothing is left to write: the tables, then the rest."""
    for part in ("tables", "rest"):
        assert write_revision(settings, url, part) is not None
        phases = load_phases(settings.path(settings.migrations))
        Project(url, server, phases, settings).up()
    assert write_revision(settings, url, "nothing") is None
    return Project(url, server, phases, settings)


def test_minegnk_s_baseline_needs_nothing_but_a_look(
    tmp_path: Path, database: DatabaseUrl, server: Server
) -> None:
    """The revisions as they are written pass `check`: no gap, every row there and back."""
    shutil.copytree(ROOT / "schema", tmp_path / "schema")
    text = (ROOT / "gnkmigrate.toml").read_text().replace("expected_rows", "# expected_rows")
    settings = project(tmp_path, server, text)
    execute(database, BASELINE.read_text())
    write_all(settings, database, server)
    (file,) = (tmp_path / "migrations" / "versions").glob("0002*")
    said = " ".join(file.read_text().split()).replace(" # ", " ")
    assert "op.link_table( op.Linking(" in said
    assert "node_address becomes identifier (it is the one text that leaves and is never" in said
    found = check(settings, lambda: nullcontext(server), CheckOptions(), lambda _: None)
    failed = [(point.group, point.problems) for point in found.points if point.state == "failed"]
    assert failed == []


def test_members_of_clubs(tmp_path: Path, database: DatabaseUrl, server: Server) -> None:
    (tmp_path / "target.sql").write_text(CLUB_WANTED)
    settings = project(tmp_path, server, 'target = "target.sql"\nschemas = ["public"]\n')
    execute(database, CLUB)
    dump, held = pg_dump(database, server), rows(database, HELD)
    shop = write_all(settings, database, server)
    assert rows(database, "SELECT name, town FROM club ORDER BY name") == [
        ("Chess", "Ulm"), ("Rowing", None),
    ]  # fmt: skip
    assert rows(database, "SELECT count(*) FROM membership") == [(3,)]
    shop.down()
    assert pg_dump(database, server) == dump
    assert rows(database, HELD) == held


def test_a_table_whose_key_stays_is_none(
    tmp_path: Path, database: DatabaseUrl, server: Server
) -> None:
    wanted = CLUB_WANTED.replace(
        "role text,\n    PRIMARY KEY (person_id, club_id)", "id int PRIMARY KEY"
    )
    (tmp_path / "target.sql").write_text(wanted)
    settings = project(tmp_path, server, 'target = "target.sql"\nschemas = ["public"]\n')
    execute(database, CLUB.replace("bigserial", "int").replace("INSERT INTO m", "-- "))
    written = write_revision(settings, database, "all of it")
    assert written is not None
    assert "op.Linking" not in written.file.read_text()
