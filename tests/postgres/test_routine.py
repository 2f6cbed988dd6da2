"""The name of a routine, and the types of its arguments."""

import pytest

from gnkmigrate.postgres.routine import parted, types_in, with_types


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


@pytest.mark.parametrize(
    ("name", "types", "otherwise"),
    [
        ("area(integer, text)", (), "area(integer, text)"),
        ("s.f(s.e[], s.e)", (("s", "e"), ("s", "e")), "s.f(z.e[], z.e)"),
        ('f("s"."E.e", "char", s."x y")', (("s", "E.e"), ("s", "x y")),
         'f(z."E.e", "char", z."x y")'),
        ("s.e AS double precision", (("s", "e"),), "z.e AS double precision"),
        ("FOR s.e LANGUAGE sql", (("s", "e"),), "FOR z.e LANGUAGE sql"),
    ],
)  # fmt: skip
def test_types_have_other_names(
    name: str, types: tuple[tuple[str, ...], ...], otherwise: str
) -> None:
    assert types_in(name) == types
    assert with_types(name, lambda path: ("z", *path[1:])) == otherwise
