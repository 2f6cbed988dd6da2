"""What the diagrams show, and where."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnkmigrate.facts.fact import Identity
from gnkmigrate.render.parts.clusters import MOST, clusters
from gnkmigrate.render.parts.drawing import Pictures
from gnkmigrate.render.parts.layout import Arrow, Box, Plan, Row, grid, layered, shortened
from gnkmigrate.render.parts.pairs import Reference, TablePair


def _table(name: str) -> Identity:
    return Identity("table", ("public", name))


def _reference(source: str, target: str) -> Reference:
    return Reference(_table(source), (f"{target}_id",), _table(target), "same")


def _box(name: str, *rows: str) -> Box:
    return Box(_table(name), name, tuple(Row(row, "FK", "same") for row in rows), "same")


def _pair(name: str, *others: str) -> TablePair:
    references = tuple(_reference(name, other) for other in others)
    return TablePair(_table(name), name, "same", "", (), (), (), (), ("id",), references)


def _pictures(*tables: TablePair) -> Pictures:
    return Pictures(tables, {table.identity: table.name for table in tables})


names = st.integers(0, 60).map("t{}".format)
networks = st.lists(st.tuples(names, names), max_size=120)


@given(networks)
def test_every_connected_table_is_in_one_group(links: list[tuple[str, str]]) -> None:
    tables = [_table(name) for name in sorted(set(itertools.chain(*links)))]
    references = [_reference(*link) for link in links]
    groups = clusters(tables, references)
    grouped = [table for group in groups for table in group.tables]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == {_table(each) for link in links if link[0] != link[1] for each in link}
    assert all(len(group.tables) <= MOST for group in groups)
    assert groups == clusters(tables[::-1], references[::-1])


@given(networks)
def test_boxes_never_overlap_and_stay_in_the_picture(links: list[tuple[str, str]]) -> None:
    boxes = [_box(name, "x_id") for name in sorted(set(itertools.chain(*links)))[:MOST]]
    arrows = [Arrow(_table(a), "x_id", _table(b), "same") for a, b in links]
    _assert_sound(layered(boxes, arrows))
    _assert_sound(grid(boxes))


def _assert_sound(plan: Plan) -> None:
    for one, two in itertools.combinations(plan.boxes, 2):
        beside = one.x + one.box.width < two.x or two.x + two.box.width < one.x
        above = one.y + one.box.height < two.y or two.y + two.box.height < one.y
        assert beside or above
    for each in plan.boxes:
        assert 0 <= each.x <= each.x + each.box.width <= plan.width
        assert 0 <= each.y <= each.y + each.box.height <= plan.height
    for curve in plan.curves:
        assert all(0 <= x <= plan.width and 0 <= y <= plan.height for x, y in curve.points)


def test_what_is_referred_to_stands_on_the_left() -> None:
    arrows = [Arrow(_table("orders"), "user_id", _table("users"), "same")]
    plan = layered([_box("orders", "user_id"), _box("users")], arrows)
    x = {placed.box.title: placed.x for placed in plan.boxes}
    assert x["users"] < x["orders"]


def test_a_cycle_is_drawn_too() -> None:
    arrows = [Arrow(_table(a), "id", _table(b), "same") for a, b in ("ab", "ba", "aa")]
    assert len(layered([_box("a"), _box("b")], arrows).curves) == 3


def test_tables_that_hang_on_one_are_together() -> None:
    leaves = [f"leaf{number:02}" for number in range(40)]
    tables = [_table(name) for name in ["hub", *leaves]]
    groups = clusters(tables, [_reference(leaf, "hub") for leaf in leaves])
    assert [len(group.tables) for group in groups] == [14, 14, 13]
    assert {group.centres for group in groups} == {(_table("hub"),)}


def test_three_hundred_tables_are_split() -> None:
    tables = [_pair("t0"), *(_pair(f"t{number}", f"t{number // 3}") for number in range(1, 300))]
    pictures = _pictures(*tables).overview()
    assert sum(picture.tables for picture in pictures) == 300
    assert all(picture.tables <= MOST for picture in pictures)


def test_an_arrow_that_leaves_the_picture_is_told_in_words() -> None:
    leaves = [_pair(f"leaf{number:02}", "hub") for number in range(20)]
    *_, last = _pictures(_pair("hub"), *leaves).overview()
    assert "hub_id → hub" in last.svg


def test_tables_that_stand_alone_come_last() -> None:
    pictures = _pictures(_pair("a", "b"), _pair("b"), _pair("c")).overview()
    assert [(picture.title, picture.tables) for picture in pictures] == [
        ("Around a", 2),
        ("Tables that refer to no other", 1),
    ]


def test_a_table_is_drawn_with_its_neighbours() -> None:
    tables = [_pair("users"), _pair("orders", "users"), _pair("lines", "orders"), _pair("other")]
    pictures = _pictures(*tables)
    orders = pictures.of_table(tables[1])
    assert orders is not None
    titles = re.findall(r"<a [^>]*><text>([^<]*)<", orders.svg)
    assert sorted(titles) == ["lines", "orders", "users"]
    assert pictures.of_table(tables[3]) is None


def test_too_many_neighbours_are_counted() -> None:
    leaves = [_pair(f"leaf{number:02}", "hub") for number in range(20)]
    hub = _pair("hub")
    picture = _pictures(hub, *leaves).of_table(hub)
    assert picture is not None
    assert picture.title == "hub and its neighbours, 12 of them left out"


@pytest.mark.parametrize(("name", "shown"), [("a" * 34, "a" * 34), ("a" * 35, "a" * 33 + "…")])
def test_long_names_are_cut(name: str, shown: str) -> None:
    assert shortened(name) == shown
