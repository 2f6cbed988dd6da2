"""Routines by the types of their arguments."""

import pytest

from gnkmigrate.postgres.routine import marked


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ("()", "()"),
        ("(integer)", "(IN integer)"),
        ("(integer,text)", "(IN integer, IN text)"),
        ("(double precision, text[])", "(IN double precision, IN text[])"),
        ("(numeric(10, 2), integer)", "(IN numeric(10, 2), IN integer)"),
        ('(public."a,(b", s."say ""x,y""")', '(IN public."a,(b", IN s."say ""x,y""")'),
    ],
)
def test_marked(types: str, expected: str) -> None:
    assert marked(types) == expected
