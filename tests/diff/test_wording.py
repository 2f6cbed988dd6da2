"""Which values are the same but for the names of renamed things."""

from typing import Any

import pytest

from gnkmigrate.diff.wording import Names, Wording

RENAMED: Names = {
    "isActive": frozenset({"is_active", "isActive"}),
    "Odd, name": frozenset({"odd_name"}),
}
WORDING = Wording(RENAMED, RENAMED, RENAMED)
TABLE_ONLY = Wording(RENAMED, {}, {})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('("isActive" = true)', "(is_active = true)"),
        ('"isActive" DESC', "is_active DESC"),
        (["id", "isActive"], ["id", "is_active"]),
        ({"columns": ["Odd, name"]}, {"columns": ["odd_name"]}),
        ('CHECK (("Odd, name" > 0))', "CHECK ((odd_name > 0))"),
        ("CHECK ((note <> 'isActive'::text))", "CHECK ((note <> 'isActive'::text))"),
        ("nextval('public.\"isActive\"'::regclass)", "nextval('public.is_active'::regclass)"),
        (None, None),
        (1, 1),
    ],
)
def test_the_same_but_for_names(before: Any, after: Any) -> None:
    assert WORDING.same(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(note = true)", "(is_active = true)"),
        ("(is_active = true)", '("isActive" = true)'),
        ('("isActive" = true)', "(is_active = false)"),
        ('("isActive" = true)', "((is_active = true))"),
        ("CHECK ((note <> 'isActive'::text))", "CHECK ((note <> 'is_active'::text))"),
        ("AS $function$ isActive $function$", "AS $function$ is_active $function$"),
        (["id", "isActive"], ["is_active", "id"]),
        (["isActive"], ["is_active", "id"]),
        ({"a": "isActive"}, {"b": "is_active"}),
        ('CHECK (("Odd, name" > 0))', 'CHECK (("Odd, name" > 0))'),
        (True, 1),
        (None, "none"),
    ],
)
def test_more_than_names_is_different(before: Any, after: Any) -> None:
    assert not WORDING.same(before, after)


def test_a_name_may_follow_where_an_expression_does_not() -> None:
    assert TABLE_ONLY.same({"column": "isActive"}, {"column": "is_active"})
    assert not TABLE_ONLY.same('SELECT "isActive"', "SELECT is_active")
