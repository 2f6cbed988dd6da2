"""A column whose values become rows of a new table: guessed, for the author to confirm."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from gnkmigrate.authoring.author import write_revision
from gnkmigrate.check import CheckOptions, check
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.authoring.test_linking import project
from tests.support import execute

ENUM = "CREATE TYPE st AS ENUM ('new', 'paid', 'sent');"
ORDERS = "CREATE TABLE orders (id serial PRIMARY KEY, status {} NOT NULL DEFAULT 'new', note text);"
OLD_INDEX = "CREATE INDEX orders_status_idx ON orders (status);"
ROWS = "INSERT INTO orders (status, note) VALUES ('new', 'a'), ('paid', 'b'), ('new', NULL);"
WANTED = """
CREATE TABLE status (id {} PRIMARY KEY, name text NOT NULL UNIQUE{});
CREATE TABLE orders (
    id serial PRIMARY KEY, note text,
    status_id integer NOT NULL REFERENCES status ON DELETE RESTRICT
);
"""
INDEX = "CREATE INDEX orders_status_id_idx ON orders (status_id);"
NAMED = """
CREATE TABLE status (
    id serial CONSTRAINT "PK_status" PRIMARY KEY, name text NOT NULL CONSTRAINT "UQ" UNIQUE
);
CREATE TABLE orders (
    id serial PRIMARY KEY, note text,
    status_id integer NOT NULL CONSTRAINT "FK_orders" REFERENCES status
);
"""
SORTED = ", sorts_at integer NOT NULL DEFAULT 0"

QUOTED = """
CREATE SCHEMA "App"; CREATE SCHEMA ref;
CREATE TYPE "App"."St" AS ENUM ('new', 'it''s paid');
CREATE TABLE "App"."Orders" (a int, b text, "Order Status" "App"."St" NOT NULL, PRIMARY KEY (a, b));
"""
QUOTED_ROWS = """INSERT INTO "App"."Orders" VALUES (1, 'x', 'new'), (1, 'y', 'it''s paid');"""
QUOTED_WANTED = """
CREATE SCHEMA "App"; CREATE SCHEMA ref;
CREATE TABLE ref."Status" (code bigserial PRIMARY KEY, label varchar(40) NOT NULL UNIQUE);
CREATE TABLE "App"."Orders" (
    a int, b text, "Status Id" bigint NOT NULL REFERENCES ref."Status", PRIMARY KEY (a, b)
);
CREATE INDEX "Orders_Status Id_idx" ON "App"."Orders" ("Status Id");
"""


@pytest.mark.parametrize(
    ("live", "held", "target", "schemas"),
    [
        (
            ENUM + ORDERS.format("st") + OLD_INDEX,
            ROWS,
            WANTED.format("integer GENERATED ALWAYS AS IDENTITY", ""),
            '["public"]',
        ),
        (
            ORDERS.format("text") + OLD_INDEX,
            ROWS,
            WANTED.format("serial", SORTED) + INDEX,
            '["public"]',
        ),
        (ORDERS.format("text"), ROWS, NAMED, '["public"]'),
        (QUOTED, QUOTED_ROWS, QUOTED_WANTED, '["App", "ref"]'),
    ],
    ids=["enum", "text", "names of its own", "quoted names of two schemas"],
)
def test_the_draft_passes_check_as_it_is_written(
    live: str,
    held: str,
    target: str,
    schemas: str,
    tmp_path: Path,
    database: DatabaseUrl,
    server: Server,
) -> None:
    """No gap, and every row there and back."""
    for name, text in (("live", live), ("rows", held), ("target", target)):
        (tmp_path / f"{name}.sql").write_text(text)
    settings = project(
        tmp_path,
        server,
        'target = "target.sql"\nbaseline = "live.sql"\nbaseline_rows = "rows.sql"\n'
        f"schemas = {schemas}\n",
    )
    execute(database, live + held)
    written = write_revision(settings, database, "statuses")
    assert written is not None
    assert "op.extract_lookup(" in written.file.read_text()
    found = check(settings, lambda: nullcontext(server), CheckOptions(), lambda _: None)
    failed = [(point.title, point.problems) for point in found.points if point.state == "failed"]
    assert failed == []
