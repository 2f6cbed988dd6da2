"""A column whose values become rows of a new table: guessed, for the author to confirm."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from gnkmigrate.authoring.author import write_revision
from gnkmigrate.check import CheckOptions, check
from gnkmigrate.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.authoring.test_linking import project
from tests.support import execute

LIVE = """
{type}
CREATE TABLE orders (id serial PRIMARY KEY, status {of} NOT NULL DEFAULT 'new', note text);
CREATE INDEX orders_status_idx ON orders (status);
INSERT INTO orders (status, note) VALUES ('new', 'a'), ('paid', 'b'), ('new', NULL);
"""
WANTED = """
CREATE TABLE status (id {key} PRIMARY KEY, name text NOT NULL UNIQUE{more});
CREATE TABLE orders (
    id serial PRIMARY KEY, note text,
    status_id integer NOT NULL REFERENCES status ON DELETE RESTRICT
);
{index}
"""
ENUM = "CREATE TYPE st AS ENUM ('new', 'paid', 'sent');"
INDEX = "CREATE INDEX orders_status_id_idx ON orders (status_id);"


@pytest.mark.parametrize(
    ("type_", "of", "key", "more", "index"),
    [
        (ENUM, "st", "integer GENERATED ALWAYS AS IDENTITY", "", ""),
        ("", "text", "serial", ", sorts_at integer NOT NULL DEFAULT 0", INDEX),
    ],
)
def test_statuses(
    type_: str,
    of: str,
    key: str,
    more: str,
    index: str,
    tmp_path: Path,
    database: DatabaseUrl,
    server: Server,
) -> None:
    """The revision as it is written passes `check`: no gap, every row there and back."""
    live = LIVE.format(type=type_, of=of)
    (tmp_path / "live.sql").write_text(live.partition("INSERT")[0])
    (tmp_path / "rows.sql").write_text("INSERT" + live.partition("INSERT")[2])
    (tmp_path / "target.sql").write_text(WANTED.format(key=key, more=more, index=index))
    settings = project(
        tmp_path,
        server,
        'target = "target.sql"\nbaseline = "live.sql"\nbaseline_rows = "rows.sql"\n'
        'schemas = ["public"]\n',
    )
    execute(database, live)
    written = write_revision(settings, database, "statuses")
    assert written is not None
    assert "op.extract_lookup(" in written.file.read_text()
    found = check(settings, lambda: nullcontext(server), CheckOptions(), lambda _: None)
    failed = [(point.title, point.problems) for point in found.points if point.state == "failed"]
    assert failed == []
