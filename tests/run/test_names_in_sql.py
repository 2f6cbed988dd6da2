"""The names that a text of SQL holds, however they are written."""

import pytest

from gnkmigrate.run.names_in_sql import attributes, called, mentioned

PATH = ("app", "public")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SELECT * FROM Shops", "shops"),
        ('SELECT * FROM "The ""Shops"""', 'The "Shops"'),
        ('SELECT \'5" pipe\' FROM "Shops"', "Shops"),
        ("SELECT * FROM a$b", "a$b"),
        ("SELECT * FROM public/* old */.\n shops", "shops"),
    ],
)
def test_what_is_mentioned(text: str, name: str) -> None:
    assert name in mentioned(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT F (1)", {"app.f", "public.f"}),
        ("SELECT public.f(1)", {"public.f"}),
        ("SELECT shop.public . f (1)", {"public.f"}),
        ('SELECT "S 1"."F"(1)', {"S 1.F"}),
        ("SELECT public/* */.f -- all\n (1)", {"public.f"}),
        ("SELECT a operator( public.@@@ ) b", {"public.@@@"}),
        ("SELECT '5\" --', public.f(1)", {"public.f"}),
    ],
)
def test_what_is_called(text: str, names: set[str]) -> None:
    assert names <= {*called(text, PATH)}


def test_a_schema_that_is_named_is_meant() -> None:
    assert {*called("SELECT public.f(1)", PATH)} == {"public.f"}


def test_a_column_may_be_a_function() -> None:
    assert "public.total" in attributes("SELECT o.total FROM orders AS o", PATH)
    assert "public.f" not in attributes("SELECT public.f(1)", PATH)
