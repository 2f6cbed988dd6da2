"""How what was not read is told."""

import pytest

from gnkmigrate.facts.snapshot import Unread


@pytest.mark.parametrize(
    ("kind", "one", "several"),
    [
        ("large object", "1 large object", "1,200 large objects"),
        ("policy", "1 policy", "1,200 policies"),
        ("index", "1 index", "1,200 indexes"),
        ("operator class", "1 operator class", "1,200 operator classes"),
        ("grants", "1 grant", "1,200 grants"),
        ("default privileges", "1 default privilege", "1,200 default privileges"),
        ("statistics", "1 statistics", "1,200 statistics"),
        (
            "privilege on the database",
            "1 privilege on the database",
            "1,200 privileges on the database",
        ),
        (
            "object of PostgreSQL's own",
            "1 object of PostgreSQL's own",
            "1,200 objects of PostgreSQL's own",
        ),
    ],
)
def test_they_are_counted(kind: str, one: str, several: str) -> None:
    assert Unread(kind, (), 1).counted == one
    assert Unread(kind, (), 1200).counted == several


def test_they_are_named_as_far_as_the_names_are_known() -> None:
    assert str(Unread("cast", ("a", "b"), 2)) == "2 casts (a, b)"
    assert str(Unread("cast", ("a", "b"), 9)) == "9 casts (a, b, ...)"
