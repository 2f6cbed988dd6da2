"""Comparison checks: targets that give away what the database has."""

import pytest

from gnkmigrate.audit.check import ComparisonCheck, Gaps
from gnkmigrate.audit.checks import discover
from gnkmigrate.diff.compare import compare
from tests.audit.conftest import Read

CHECKS = {check.id: check for check in discover() if isinstance(check, ComparisonCheck)}

# Check, live, target, what is said.
CASES = {
    "columns that may be NULL in the target": (
        "GNK-T101",
        'CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, "bornOn" date NOT NULL)',
        "CREATE TABLE users (id int PRIMARY KEY, name text, born_on date)",
        ["The target lets name, born_on of users be NULL; the database does not."],
    ),
    "the target is stricter": (
        "GNK-T101",
        "CREATE TABLE users (id int PRIMARY KEY, name text)",
        "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)",
        [],
    ),
    "a column that goes": (
        "GNK-T101",
        "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)",
        "CREATE TABLE users (id int PRIMARY KEY)",
        [],
    ),
    "a rule that the target lacks": (
        "GNK-T102",
        "CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE)",
        "CREATE TABLE users (id int PRIMARY KEY, name text)",
        ["The target has no UNIQUE (name) on users; the database has."],
    ),
    "a rule that goes with its column": (
        "GNK-T102",
        "CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE)",
        "CREATE TABLE users (id int PRIMARY KEY)",
        [],
    ),
    "a rule that is replaced": (
        "GNK-T102",
        "CREATE TABLE users (id int PRIMARY KEY, age int CHECK (age > 0))",
        "CREATE TABLE users (id int PRIMARY KEY, age int CHECK (age > 17))",
        [],
    ),
    "a rule under another name": (
        "GNK-T102",
        'CREATE TABLE users (id int PRIMARY KEY, name text CONSTRAINT "UQ_1" UNIQUE)',
        "CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE)",
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_the_target_gives_away(case: str, read: Read) -> None:
    id_, before, after, expected = CASES[case]
    live, target = read(before), read(after)
    gaps = Gaps(compare(live, target), live, target, "public")
    assert [seen.message for seen in CHECKS[id_].find(gaps)] == expected
