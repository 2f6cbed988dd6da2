"""Which renames apply: a standing one may have been done, and a mistyped one is named."""

import pytest

from gnkmigrate.diff.applying import applicable, without_effect
from gnkmigrate.diff.rename_options import known_renames, read_renames
from gnkmigrate.diff.renames import NO_RENAMES
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot


def tables(names: str) -> Snapshot:
    """A snapshot with a table for each name, and an enum type whose labels they are."""
    enum = Fact(Identity("enum", ("public", "mood")), None, {"labels": [*names]})
    return Snapshot.of([enum, *(Fact(_table(name), None, {}) for name in names)])


def _table(name: str) -> Identity:
    return Identity("table", ("public", name))


@pytest.mark.parametrize("kind", ["table public.{} = {}", "label public.mood.{} = {}"])
@pytest.mark.parametrize(
    ("live", "target", "said", "applied"),
    [
        ("a", "b", "ab", ["ab"]),
        ("b", "b", "ab", []),  # it was done
        ("ab", "ab", "ab ba", []),  # it was done, or not: who knows
        ("ab", "bc", "ab bc", ["ab", "bc"]),
        ("bc", "bc", "ab bc", []),  # both were done
        ("abc", "bc", "ab bc", ["ab", "bc"]),  # none was: a is there
        ("a", "ab", "ab", ["ab"]),
    ],
)
def test_standing_renames(kind: str, live: str, target: str, said: str, applied: list[str]) -> None:
    texts = [kind.format(*pair) for pair in said.split()]
    source, wanted = tables(live), tables(target)
    standing = applicable(known_renames(texts, NO_RENAMES), source, wanted)
    assert [f"{old.name}{new.name}" for old, new in standing.pairs.items()] == applied


def test_what_is_said_on_the_command_line_is_meant_now() -> None:
    swap = ["table public.a = b", "table public.b = a"]
    both = tables("ab")
    said = read_renames(swap)
    assert applicable(said, both, both).pairs == said.pairs
    assert applicable(known_renames(swap, said), both, both).pairs == said.pairs
    # One of the two is enough: the other belongs to it.
    again = known_renames(swap, read_renames(swap[:1]))
    assert applicable(again, both, both).pairs == said.pairs


def test_what_applies_to_nothing() -> None:
    hints = read_renames(
        [
            "table public.a = b",
            "table public.pictures = photo",
            'table public.c = "d e"',
            "label public.mood.a = z",
            "type public.mode = modus",
            'column public.a."my x" = y',
        ],
        ["table public.z"],
    )
    assert [*without_effect(hints, tables("ac"), tables("b"), "the live database")] == [
        (
            "--rename 'table public.pictures = photo' applies to nothing: there is no table "
            "public.pictures in the live database."
        ),
        (
            "--rename 'table public.c = \"d e\"' applies to nothing: there is no table "
            'public."d e" in the target.'
        ),
        (
            "--rename 'label public.mood.a = z' applies to nothing: there is no label "
            "public.mood.z in the target."
        ),
        (
            "--rename 'type public.mode = modus' applies to nothing: there is no type public.mode "
            "in the live database."
        ),
        (
            "--rename 'column public.a.\"my x\" = y' applies to nothing: there is no column "
            'public.a."my x" in the live database.'
        ),
        (
            "--no-rename 'table public.z' applies to nothing: there is no table public.z in the "
            "live database."
        ),
    ]


@pytest.mark.parametrize("kind", ["view", "materialized view"])
def test_columns_of_views_need_no_option(kind: str) -> None:
    view = Snapshot.of([Fact(Identity(kind, ("public", "v")), None, {})])
    hints = read_renames(["column public.v.a = b"], ["column public.v.c"])
    said = [*without_effect(hints, view, view, "the live database")]
    assert [each.split(". ")[-1] for each in said] == [
        "Columns of views follow the view's query, and need no such option."
    ] * 2
