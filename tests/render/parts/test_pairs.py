"""Live and target side by side, as PostgreSQL reads them back."""

from dataclasses import replace

import pytest

from gnkmigrate.audit.finding import Severity
from gnkmigrate.render.parts.pairs import TablePair, pairs
from tests.audit.conftest import Read, read, session
from tests.render.audit.support import clean, finding, result

__all__ = ["read", "session"]

LIVE = """
    CREATE TABLE users (id int PRIMARY KEY, "isActive" boolean, name varchar(10), gone int);
    CREATE TABLE extra (id int REFERENCES users);
    CREATE INDEX by_name ON users (name);
"""
TARGET = """
    CREATE TABLE users (id int PRIMARY KEY, is_active boolean, name text NOT NULL, come int,
                        boss int REFERENCES users);
    CREATE TABLE missing (id int, user_id int REFERENCES users);
    CREATE INDEX by_come ON users (come);
"""


@pytest.fixture
def tables(read: Read) -> dict[str, TablePair]:
    audit = replace(clean(), live=read(LIVE), target=read(TARGET))
    return {table.name: table for table in pairs(audit)}


def test_every_table_of_both_sides(tables: dict[str, TablePair]) -> None:
    states = {name: table.state for name, table in tables.items()}
    assert states == {"extra": "extra", "missing": "missing", "users": "same"}


def test_a_table_with_gaps_is_different() -> None:
    audit = replace(result(), findings=(finding("users", Severity.LOW),))
    states = {table.name: (table.state, table.rows) for table in pairs(audit)}
    assert states == {
        "users": ("different", "about 1,234,567 rows"),
        "orders": ("missing", ""),
    }


def test_columns_are_laid_side_by_side(tables: dict[str, TablePair]) -> None:
    columns = [
        (
            pair.live.name if pair.live else None,
            pair.target.name if pair.target else None,
            pair.state,
        )
        for pair in tables["users"].columns
    ]
    assert columns == [
        ("id", "id", "same"),
        ("isActive", "is_active", "different"),
        ("name", "name", "different"),
        (None, "come", "missing"),
        (None, "boss", "missing"),
        ("gone", None, "extra"),
    ]


def test_parts_know_their_side(tables: dict[str, TablePair]) -> None:
    constraints = {part.text: part.state for part in tables["users"].constraints}
    assert constraints == {
        "PRIMARY KEY (id)": "same",
        "FOREIGN KEY (boss) REFERENCES public.users(id)": "missing",
    }
    indexes = {part.text.split()[0]: part.state for part in tables["users"].indexes}
    assert indexes == {"by_name": "extra", "by_come": "missing"}


def test_references_know_their_side(tables: dict[str, TablePair]) -> None:
    found = {
        (table.name, reference.target.name): reference.state
        for table in tables.values()
        for reference in table.references
    }
    assert found == {
        ("users", "users"): "missing",
        ("extra", "users"): "extra",
        ("missing", "users"): "missing",
    }


def test_without_a_target_nothing_differs(read: Read) -> None:
    for table in pairs(replace(clean(), live=read(LIVE), target=None)):
        assert table.state == "same"
        assert {column.state for column in table.columns} == {"same"}
        assert {part.state for part in (*table.constraints, *table.indexes)} <= {"same"}
