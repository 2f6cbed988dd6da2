"""Settings of the session are pinned wherever a value, or what it is asked, may depend on them."""

from typing import Any

import pytest

from gnkmigrate.run.sync import mappings
from gnkmigrate.run.sync.column_pair import ColumnPair
from gnkmigrate.run.sync.conversion import Conversion

SETTLED = [
    (mappings.zoned("a"), "timestamp without time zone"),
    (mappings.shortened("a", 9), "text"),
    (mappings.enum_text("a", "text", "public.mood", ("calm",)), "public.mood"),
    (mappings.cast("a", "varchar(9)"), "integer"),
]
READING = [
    (mappings.cast("a", "text"), "date"),
    (mappings.cast("a", "date"), "text"),
    (mappings.cast("a", "text"), "double precision"),
    (Conversion("a", "varchar", using="upper(:column)"), "text"),
    (Conversion("a", "varchar", holds=":column::date > '2020-01-02'"), "text"),
]


def pair(change: Conversion, old: str) -> ColumnPair:
    before: dict[str, Any] = {"type": old, "base_type": old, "not_null": False}
    return ColumnPair(change, before)


@pytest.mark.parametrize(("change", "old"), SETTLED, ids=str)
def test_values_that_are_the_same_under_any_settings(change: Conversion, old: str) -> None:
    assert not pair(change, old).reads_settings


@pytest.mark.parametrize(("change", "old"), READING, ids=str)
def test_values_that_may_depend_on_them(change: Conversion, old: str) -> None:
    assert pair(change, old).reads_settings
