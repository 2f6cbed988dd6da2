"""Where boxes and lines of a diagram go, in pixels: layers from left to right.

What is referred to stands left of what refers to it, as far as there is no cycle. Boxes of a layer
are ordered by the middle of their neighbours to the left, and long layers become several columns.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.facts.fact import Identity
from gnkmigrate.render.parts.pairs import State

TITLE, ROW, PADDING = 28, 18, 7
_CHARACTER, _TITLE_CHARACTER = 6.7, 8.3
_BETWEEN_COLUMNS, _BETWEEN_BOXES, _EDGE = 96, 16, 10
_IN_GRID = 24
_IN_COLUMN, _ACROSS = 10, 4
_LONGEST = 34


@dataclass(frozen=True)
class Row:
    """A line of a box: a column's name, what it is, and its state."""

    name: str
    mark: str
    state: State


@dataclass(frozen=True)
class Box:
    """A table in a diagram."""

    identity: Identity
    title: str
    rows: tuple[Row, ...]
    state: State

    @property
    def width(self) -> int:
        rows = (text_width(row.name) + len(row.mark) + 2 for row in self.rows)
        widest = max((round(count * _CHARACTER) for count in rows), default=0)
        return max(widest, round(text_width(self.title) * _TITLE_CHARACTER)) + 22

    @property
    def height(self) -> int:
        return TITLE + (len(self.rows) * ROW + PADDING if self.rows else 0)


@dataclass(frozen=True)
class Arrow:
    """A foreign key: from one box, at its row of that name, to another box."""

    source: Identity
    row: str
    target: Identity
    state: State


@dataclass(frozen=True)
class Placed:
    """A box and its upper left corner."""

    box: Box
    x: int
    y: int


@dataclass(frozen=True)
class Curve:
    """The line of an arrow: start, the two control points, end."""

    points: tuple[tuple[int, int], ...]
    state: State


@dataclass(frozen=True)
class Plan:
    """A diagram ready to be drawn."""

    boxes: tuple[Placed, ...]
    curves: tuple[Curve, ...]
    width: int
    height: int


def shortened(text: str) -> str:
    """A name that fits into a box."""
    return text if text_width(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def text_width(text: str) -> int:
    """How many columns of a fixed-width font a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def layered(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Plan:
    """Boxes with the arrows among them."""
    by_identity = {box.identity: box for box in boxes}
    inner = [arrow for arrow in arrows if {arrow.source, arrow.target} <= by_identity.keys()]
    before: defaultdict[Identity, list[Identity]] = defaultdict(list)
    for arrow in inner:
        if arrow.source != arrow.target:
            before[arrow.source].append(arrow.target)
    layers = _ordered(_layers(by_identity, before), before)
    columns = [
        [by_identity[each] for each in layer[at : at + _IN_COLUMN]]
        for layer in layers
        for at in range(0, len(layer), _IN_COLUMN)
    ]
    return _plan(columns, inner)


def grid(boxes: Sequence[Box]) -> Plan:
    """Boxes without arrows, row by row."""
    return _plan([list(boxes[at::_ACROSS]) for at in range(min(_ACROSS, len(boxes)))], (), _IN_GRID)


def _layers(
    boxes: Mapping[Identity, Box], before: Mapping[Identity, list[Identity]]
) -> list[list[Identity]]:
    """Each box one layer after the last that it refers to; what closes a cycle is overlooked."""
    depth: dict[Identity, int] = {}

    def measure(table: Identity, path: frozenset[Identity]) -> int:
        if table not in depth:
            others = [other for other in sorted(before.get(table, ())) if other not in path]
            below = [measure(other, path | {other}) for other in others]
            depth[table] = 1 + max(below, default=-1)
        return depth[table]

    for table in sorted(boxes):
        measure(table, frozenset({table}))
    layers: list[list[Identity]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for table in sorted(boxes, key=lambda each: (boxes[each].title, each)):
        layers[depth[table]].append(table)
    return [layer for layer in layers if layer]


def _ordered(
    layers: list[list[Identity]], before: Mapping[Identity, list[Identity]]
) -> list[list[Identity]]:
    place: dict[Identity, float] = {}
    ordered = []
    for layer in layers:
        ranked = sorted(layer, key=lambda each: _middle(each, place, before))
        place |= {each: rank / len(ranked) for rank, each in enumerate(ranked)}
        ordered.append(ranked)
    return ordered


def _middle(
    table: Identity, place: Mapping[Identity, float], before: Mapping[Identity, list[Identity]]
) -> float:
    known = [place[other] for other in before.get(table, ()) if other in place]
    return sum(known) / len(known) if known else 0.5


def _plan(
    columns: Sequence[Sequence[Box]], arrows: Sequence[Arrow], between: int = _BETWEEN_COLUMNS
) -> Plan:
    heights = [
        sum(box.height + _BETWEEN_BOXES for box in column) - _BETWEEN_BOXES for column in columns
    ]
    tallest = max(heights, default=0)
    placed: dict[Identity, Placed] = {}
    x = _EDGE
    for column, height in zip(columns, heights, strict=True):
        y = _EDGE + (tallest - height) // 2
        for box in column:
            placed[box.identity] = Placed(box, x, y)
            y += box.height + _BETWEEN_BOXES
        x += max(box.width for box in column) + between
    curves = tuple(_curve(placed, arrow) for arrow in arrows)
    bulge = any(curve.points[1][0] >= x - between for curve in curves)
    width = x - (0 if bulge else between - _EDGE)
    return Plan(tuple(placed.values()), curves, width, tallest + 2 * _EDGE)


def _curve(placed: Mapping[Identity, Placed], arrow: Arrow) -> Curve:
    source, target = placed[arrow.source], placed[arrow.target]
    names = [row.name for row in source.box.rows]
    start_y = source.y + TITLE // 2
    if arrow.row in names:
        start_y = source.y + TITLE + names.index(arrow.row) * ROW + ROW // 2
    end_x, end_y = target.x + target.box.width, target.y + TITLE // 2
    if source.x > target.x:
        bend = max(28, (source.x - end_x) // 2)
        points = ((source.x, start_y), (source.x - bend, start_y), (end_x + bend, end_y))
        return Curve((*points, (end_x + 1, end_y)), arrow.state)
    start_x = source.x + source.box.width
    bend = max(start_x, end_x) + 40
    return Curve(
        ((start_x, start_y), (bend, start_y), (bend, end_y), (end_x + 1, end_y)), arrow.state
    )
