"""Diagrams."""

import re

from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.render.parts.diagram import mermaid
from tests.render.audit.support import HOSTILE, snapshot, table
from tests.support import execute


def test_tables_keys_and_references(database: DatabaseUrl) -> None:
    execute(
        database,
        """CREATE TABLE users (id uuid PRIMARY KEY, email varchar(255) UNIQUE);
        CREATE TABLE dogs (id int PRIMARY KEY, owner uuid NOT NULL REFERENCES users);
        CREATE TABLE passports (
            id int PRIMARY KEY, dog int UNIQUE REFERENCES dogs, price numeric(20, 8)
        )""",
    )
    with connect(database) as connection:
        live = read_snapshot(connection)
    missing = {Identity("table", ("public", "passports"))}
    assert mermaid(live, "public", missing=missing).splitlines() == [
        "erDiagram",
        "    dogs {",
        "        integer id PK",
        "        uuid owner FK",
        "    }",
        '    passports["passports (missing)"] {',
        "        integer id PK",
        "        integer dog FK, UK",
        "        numeric_20_8 price",
        "    }",
        "    users {",
        "        uuid id PK",
        "        varchar_255 email UK",
        "    }",
        '    users ||--o{ dogs : "owner"',
        '    dogs |o--o| passports : "dog"',
    ]


def test_names_that_mermaid_would_not_take() -> None:
    drawn = mermaid(snapshot(*table("my table", ("a b", "text")), *table("my-table")), "public")
    assert drawn.splitlines() == [
        "erDiagram",
        '    my_table["my table"] {',
        '        text a_b "a b"',
        "    }",
        '    my_table_2["my-table"] {',
        "    }",
    ]


def test_hostile_names_stay_in_their_line() -> None:
    lines = mermaid(snapshot(*table(HOSTILE, (HOSTILE, HOSTILE))), "public").splitlines()
    assert len(lines) == 4
    assert all(line.count('"') in {0, 2} for line in lines)
    assert not re.search(r"[<>\x1b]", "".join(lines))
