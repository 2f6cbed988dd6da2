"""The orders in which tools run SQL files, and where their ways back are."""

import json
import subprocess
from pathlib import Path

import pytest

from gnkmigrate.check.other_tools.tools import known, opened
from gnkmigrate.cli.check import KINDS
from gnkmigrate.errors import RevisionError
from gnkmigrate.servers import Server
from tests.check.other_tools.support import faults, lines, measured, ran, write
from tests.orm.typeorm.support import FOLDERS, needs_typeorm
from tests.support import execute
from tests.typeorm.client import NODE, database

FLYWAY = {
    "V1__items.sql": "CREATE TABLE item (id int PRIMARY KEY, name text);",
    "V1.10__index.sql": "CREATE INDEX CONCURRENTLY item_name ON item (name);",
    "U1.10__index.sql": "DROP INDEX item_name;",
    "more/V1.9__place.sql": "ALTER TABLE item ADD place ${place} DEFAULT 'here';",
    "R__names.sql": "CREATE OR REPLACE VIEW names AS SELECT name, place FROM item;",
    "V2__no_names.sql": "ALTER TABLE item DROP name;",
    "afterMigrate.sql": "SELECT 1/0;",
}
DRIZZLE = {
    "0000_tables.sql": "CREATE TABLE item (id int PRIMARY KEY);\n--> statement-breakpoint\n"
    "CREATE TABLE sale (item int);",
    "0000_key.sql": "ALTER TABLE sale ADD FOREIGN KEY (item) REFERENCES item NOT VALID;",
    "meta/_journal.json": json.dumps(
        {
            "version": "7",
            "dialect": "postgresql",
            "entries": [
                {
                    "idx": 0,
                    "version": "7",
                    "when": 1700000000000,
                    "tag": "0000_tables",
                    "breakpoints": True,
                },
                {
                    "idx": 1,
                    "version": "7",
                    "when": 1700000001000,
                    "tag": "0000_key",
                    "breakpoints": True,
                },
            ],
        }
    ),
}


def test_the_tools_are_those_that_the_command_names() -> None:
    assert known() == KINDS


def test_the_order_of_flyway(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLYWAY_PLACEHOLDERS_PLACE", "text")
    result = ran("flyway", write(tmp_path, FLYWAY), server)
    assert list(measured(result)) == [
        "V1__items.sql",
        "V1.9__place.sql",
        "V1.10__index.sql",
        "V2__no_names.sql",
        "R__names.sql",
    ]
    assert measured(result)["V1.10__index.sql"].way_back == "whole"
    assert faults(result) == {
        "V1__items.sql": [],
        "V1.9__place.sql": [],
        "V1.10__index.sql": [],
        "V2__no_names.sql": ["loses"],
        "R__names.sql": ["fails"],
    }
    assert 'column "name" does not exist' in lines(result)


def test_a_placeholder_without_a_value(tmp_path: Path, server: Server) -> None:
    with pytest.raises(RevisionError, match=r"\$\{place\}, whose value is not known"):
        ran("flyway", write(tmp_path, FLYWAY), server)


def test_two_of_one_version(tmp_path: Path, server: Server) -> None:
    write(tmp_path, {"V1__a.sql": "SELECT 1", "V1.0__b.sql": "SELECT 1"})
    with pytest.raises(RevisionError, match="have the same version"):
        ran("flyway", tmp_path, server)


def test_the_order_of_prisma(tmp_path: Path, server: Server) -> None:
    write(
        tmp_path,
        {
            "migration_lock.toml": 'provider = "postgresql"',
            "20240102000000_more/migration.sql": 'ALTER TABLE "Item" ADD COLUMN "note" TEXT;',
            "20240102000000_more/down.sql": 'ALTER TABLE "Item" DROP COLUMN "note";',
            "20240101000000_first/migration.sql": 'CREATE TABLE "Item" ("id" SERIAL PRIMARY KEY);',
        },
    )
    found = measured(ran("prisma", tmp_path, server))
    assert {name: each.way_back for name, each in found.items()} == {
        "20240101000000_first": "none",
        "20240102000000_more": "whole",
    }


def test_the_order_of_drizzle(tmp_path: Path, server: Server) -> None:
    result = ran("drizzle", write(tmp_path, DRIZZLE), server)
    assert list(measured(result)) == ["0000_tables", "0000_key"]
    assert result.passed, lines(result)


def test_the_order_of_plain_files(tmp_path: Path, server: Server) -> None:
    names = ["2_a.sql", "10_b.sql", "20170831000000_c.sql", "2017-09-01-000000_d/up.sql",
             "2025-11-19-091444-0000_e.sql", "2026-01-20-162913_f.sql", "views.sql"]  # fmt: skip
    write(tmp_path, dict.fromkeys(sorted(names), "SELECT 1"))
    tool = opened("sql", tmp_path, server.url, tmp_path)
    assert [each.name for each in tool.migrations()] == names


_MIGRATE = """
const { drizzle } = require("drizzle-orm/node-postgres");
const { migrate } = require("drizzle-orm/node-postgres/migrator");
const { Client } = require("pg");
const client = new Client();
client.connect().then(() => migrate(drizzle(client), { migrationsFolder: "drizzle" }))
  .then(() => client.end());
"""


@needs_typeorm
def test_what_drizzle_has_recorded_has_run(tmp_path: Path, server: Server) -> None:
    folder = write(tmp_path / "drizzle", DRIZZLE)
    (tmp_path / "node_modules").symlink_to(FOLDERS["1"] / "node_modules")
    with server.database() as url:
        assert not any(
            each.is_done for each in opened("drizzle", folder, url, tmp_path).migrations()
        )
        subprocess.run(
            [NODE or "node", "-e", _MIGRATE],
            check=True,
            cwd=tmp_path,
            env={"PATH": "", **database(url)},
        )
        assert all(each.is_done for each in opened("drizzle", folder, url, tmp_path).migrations())


def test_what_flyway_and_prisma_have_recorded_has_run(tmp_path: Path, server: Server) -> None:
    write(
        tmp_path,
        {"V1__a.sql": "", "V2__b.sql": "", "one/migration.sql": "", "two/migration.sql": ""},
    )
    with server.database() as url:
        execute(
            url,
            "CREATE TABLE flyway_schema_history (script text, success bool);"
            "INSERT INTO flyway_schema_history VALUES ('a/V1__a.sql', true), ('V2__b.sql', false);"
            "CREATE TABLE _prisma_migrations (migration_name text, finished_at timestamptz);"
            "INSERT INTO _prisma_migrations VALUES ('one', now()), ('two', NULL)",
        )
        for kind in ("flyway", "prisma"):
            found = opened(kind, tmp_path, url, tmp_path).migrations()
            assert [each.is_done for each in found] == [True, False]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_folder_without_any(kind: str, tmp_path: Path, server: Server) -> None:
    with pytest.raises(RevisionError) as caught:
        opened(kind, tmp_path, server.url, tmp_path)
    assert caught.value.hint


def test_what_is_no_journal(tmp_path: Path, server: Server) -> None:
    write(
        tmp_path, {"meta/_journal.json": '{"entries": [{"tag": "0000_gone", "idx": 0, "when": 1}]}'}
    )
    with pytest.raises(RevisionError, match=r"0000_gone\.sql cannot be read"):
        opened("drizzle", tmp_path, server.url, tmp_path)
