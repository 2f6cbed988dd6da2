"""A revision that is written from a gap closes it, and takes everything back."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gnkmigrate.cli import application
from gnkmigrate.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.support import execute, pg_dump, rows

SHOP = """
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE customer (id int PRIMARY KEY, email text UNIQUE NOT NULL, nick varchar(20));
CREATE TABLE item (
    id int PRIMARY KEY, state state DEFAULT 'new', placed timestamp NOT NULL DEFAULT now(),
    "customerEmail" text, note text, colour text, amount int DEFAULT 1, size smallint,
    CHECK (placed > '2000-01-01'), CHECK (amount > 0)
);
CREATE INDEX item_placed_idx ON item (placed);
CREATE VIEW dear AS SELECT id, placed FROM item WHERE state = 'paid';
INSERT INTO customer VALUES (1, 'ada@x'), (2, 'bob@x');
INSERT INTO item VALUES
    (1, 'new', '2024-10-27 02:30', 'ada@x', 'a note', 'red', 1, 1),
    (2, 'paid', '2024-03-31 02:30', 'bob@x', 'note', NULL, 5, NULL),
    (3, NULL, '2024-01-01', NULL, NULL, 'green', 3, 3)
"""
WANTED = """
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE TABLE customer (id int PRIMARY KEY, email text UNIQUE NOT NULL, nick varchar(40));
CREATE TABLE item (
    id int PRIMARY KEY, state varchar(9) DEFAULT 'new' CHECK (state IN ('new', 'paid')),
    placed_at timestamptz NOT NULL DEFAULT now(), customer_id int REFERENCES customer,
    note varchar(8), colour colour, number int DEFAULT 1, size int,
    CONSTRAINT item_placed_check CHECK (placed_at > '2000-01-01'),
    CONSTRAINT item_amount_check CHECK (number > 0),
    UNIQUE (id, size)
);
CREATE INDEX item_placed_idx ON item (placed_at);
CREATE INDEX item_customer_idx ON item (customer_id) WHERE number > 2;
CREATE TABLE shelf (id int PRIMARY KEY, name text NOT NULL, box int);
CREATE TABLE box (id int PRIMARY KEY, shelf int REFERENCES shelf);
ALTER TABLE shelf ADD FOREIGN KEY (box) REFERENCES box;
CREATE VIEW dear AS SELECT id, placed_at FROM item WHERE state = 'paid';
CREATE VIEW dearest AS SELECT id FROM dear
"""
SETTINGS = """
target = "target.sql"
schemas = ["public"]
source_timezone = "Europe/Berlin"
"""

Command = Callable[..., Result]


@pytest.fixture
def command(
    server: Server, database: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Runs a command in a project that has no revision yet."""
    (tmp_path / "gnkmigrate.toml").write_text(SETTINGS)
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("PG", "DATABASE_URL"))]:
        monkeypatch.delenv(name)
    environment = {
        "DATABASE_URL": database.conninfo,
        "GNKMIGRATE_SERVER__PROVIDER": "url",
        "GNKMIGRATE_SERVER__URL": server.url.conninfo,
    }
    return lambda *arguments: CliRunner(env=environment).invoke(application(), [*arguments])


def test_it_closes_the_gap_and_takes_everything_back(
    command: Command, database: DatabaseUrl, server: Server, tmp_path: Path
) -> None:
    execute(database, SHOP)
    (tmp_path / "target.sql").write_text(WANTED)
    before, items = pg_dump(database, server), rows(database, "TABLE item ORDER BY 1")

    written = command("revision", "-m", "Items of customers")
    (file,) = (tmp_path / "migrations" / "versions").glob("*.py")
    assert (written.exit_code, file.name) == (0, "0001_items_of_customers.py")

    up = command("upgrade", "--yes")
    assert up.exit_code == 0
    plan = command("plan")
    assert plan.exit_code == 0
    item = "SELECT id, customer_id, number, placed_at::text FROM item WHERE id = 1"
    assert rows(database, item) == [(1, 1, 1, "2024-10-27 01:30:00+00")]
    down = command("downgrade", "--yes")
    assert down.exit_code == 0
    assert pg_dump(database, server) == before
    assert rows(database, "TABLE item ORDER BY 1") == items
