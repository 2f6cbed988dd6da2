"""The name of a routine, and the types of its arguments."""

import pytest

from gnkmigrate.postgres.routine import parted


@pytest.mark.parametrize(
    ("routine", "name", "types"),
    [
        ("area(integer, text)", "area", "(integer, text)"),
        ("f()", "f", "()"),
        ("f(x)()", "f(x)", "()"),
        ('f(public."we(ird", integer[])', "f", '(public."we(ird", integer[])'),
        ("f", "f", ""),
    ],
)
def test_the_types_are_what_ends_the_name(routine: str, name: str, types: str) -> None:
    assert parted(routine) == (name, types)
