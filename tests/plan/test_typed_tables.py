"""NOT NULL of a typed table, whose columns get other names by attributes of the type."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.servers import Server
from tests.kinds.converge import converge

TYPED = "CREATE TYPE y AS ({0} integer, {1} integer); CREATE TABLE {2} OF y ({3});"
A_C = ["attribute public.y.a = c"]
CASES = {
    "usual": (("a", "b", "t", "a NOT NULL"), ("c", "b", "t", "c NOT NULL"), A_C),
    "its old one": (
        ("a", "b", "t", "a NOT NULL"),
        ("c", "b", "t", "c CONSTRAINT t_a_not_null NOT NULL"),
        A_C,
    ),
    "of its own": (
        ("a", "b", "t", "a CONSTRAINT x NOT NULL"),
        ("c", "b", "t", "c CONSTRAINT x NOT NULL"),
        A_C,
    ),
    "another one of its own": (
        ("a", "b", "t", "a CONSTRAINT x NOT NULL"),
        ("c", "b", "t", "c CONSTRAINT z NOT NULL"),
        A_C,
    ),
    "with the table": (
        ("a", "b", "t", "a NOT NULL"),
        ("c", "b", "u", "c NOT NULL"),
        [*A_C, "table public.t = u"],
    ),
    "the table alone": (
        ("a", "b", "t", "a NOT NULL"),
        ("a", "b", "u", "a NOT NULL"),
        ["table public.t = u"],
    ),
    "nothing but NOT NULL": (
        ("a", "b", "t", "a NOT NULL"),
        ("a", "b", "t", "a CONSTRAINT x NOT NULL"),
        [],
    ),
    "swapped": (
        ("a", "b", "t", "a NOT NULL, b NOT NULL"),
        ("b", "a", "t", "b NOT NULL, a NOT NULL"),
        ["attribute public.y.a = b", "attribute public.y.b = a"],
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), CASES.values(), ids=CASES)
def test_its_name(
    server: Server, old: tuple[str, ...], new: tuple[str, ...], said: list[str]
) -> None:
    converge(server, TYPED.format(*old), TYPED.format(*new), renames=read_renames(said))
