"""The schema in pictures, as inline SVG that needs no other program.

An overview in groups, keys only, and for each table one picture of it and its neighbours. All
states are in one picture: the page's style shows today, the target, or the difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from gnkmigrate.facts.fact import Identity
from gnkmigrate.render.parts.clusters import Cluster, clusters
from gnkmigrate.render.parts.layout import (
    ROW,
    TITLE,
    Arrow,
    Box,
    Plan,
    Row,
    grid,
    layered,
    shortened,
)
from gnkmigrate.render.parts.pairs import Reference, State, TablePair
from gnkmigrate.text.escape import visible

_MOST_ROWS = 8
_MOST_NEIGHBOURS = 8
_MOST_ALONE = 60

# Where the title of a box is within it; page.css has the same for the frame.
INDENT, BASE = 10, 19


@dataclass(frozen=True)
class Picture:
    """A drawing with its title; `tables` says how many tables it shows."""

    title: str
    tables: int
    svg: Markup


class Pictures:
    """All pictures of one schema.

    Args:
        tables: the tables of both sides.
        anchors: where the page has each table.
    """

    def __init__(self, tables: Sequence[TablePair], anchors: Mapping[Identity, str]) -> None:
        self._tables = {table.identity: table for table in tables}
        self._anchors = anchors
        self._references = [each for table in tables for each in table.references]
        self._incoming: dict[Identity, list[Reference]] = {}
        for reference in self._references:
            self._incoming.setdefault(reference.target, []).append(reference)

    def overview(self) -> tuple[Picture, ...]:
        """The tables that refer to each other in groups, then those that stand alone."""
        groups = clusters(list(self._tables), self._references)
        pictures = [self._group(group) for group in groups]
        together = {table for group in groups for table in group.tables}
        alone = [table for table in self._tables if table not in together]
        for start in range(0, len(alone), _MOST_ALONE):
            some = alone[start : start + _MOST_ALONE]
            plan = grid([self._box(table, keys=True) for table in some])
            title = "Tables that refer to no other"
            pictures.append(Picture(title, len(some), self._svg(plan)))
        return tuple(pictures)

    def of_table(self, table: TablePair) -> Picture | None:
        """A table and its neighbours; nothing where it has none."""
        outgoing = [each for each in table.references if each.target in self._tables]
        incoming = [
            each for each in self._incoming.get(table.identity, ()) if each.source != table.identity
        ]
        if not outgoing and not incoming:
            return None
        near: dict[Identity, list[Row]] = {each.target: [] for each in outgoing[:_MOST_NEIGHBOURS]}
        for each in incoming[:_MOST_NEIGHBOURS]:
            rows = near.setdefault(each.source, [])
            rows += [Row(shortened(name), "FK", each.state) for name in each.columns[:1]]
        near.pop(table.identity, None)
        all_ = {each.target for each in outgoing} | {each.source for each in incoming}
        left = len(all_ - near.keys() - {table.identity})
        boxes = [self._box(table.identity, keys=True)]
        boxes += [self._box(identity, rows=tuple(rows)) for identity, rows in near.items()]
        plan = layered(boxes, _arrows([*outgoing, *incoming]))
        title = f"{table.name} and its neighbours{f', {left:,} of them left out' if left else ''}"
        return Picture(title, len(boxes), self._svg(plan))

    def _group(self, group: Cluster) -> Picture:
        inside = frozenset(group.tables)
        boxes = [self._box(table, keys=True, inside=inside) for table in group.tables]
        names = ", ".join(self._tables[centre].name for centre in group.centres)
        title = f"Around {names}" if group.centres[0] in inside else f"More around {names}"
        if len(inside) == len(self._tables):
            title = "All tables"
        arrows = _arrows(
            [each for table in group.tables for each in self._tables[table].references]
        )
        plan = (
            layered(boxes, arrows)
            if any(arrow.target in inside for arrow in arrows)
            else grid(boxes)
        )
        return Picture(title, len(inside), self._svg(plan))

    def _box(
        self,
        identity: Identity,
        *,
        keys: bool = False,
        rows: tuple[Row, ...] = (),
        inside: frozenset[Identity] | None = None,
    ) -> Box:
        table = self._tables[identity]
        if keys:
            rows = _keys(table, self._tables, inside)
        if len(rows) > _MOST_ROWS:
            more = len(rows) - _MOST_ROWS + 1
            rows = (*rows[: _MOST_ROWS - 1], Row(f"and {more} more", "", "same"))
        return Box(identity, shortened(visible(table.name)), rows, table.state)

    def _svg(self, plan: Plan) -> Markup:
        size = f'width="{plan.width}" height="{plan.height}"'
        box = f'viewBox="0 0 {plan.width} {plan.height}"'
        parts = [f"<svg {size} {box}>"]
        for curve in plan.curves:
            start, *rest = (f"{x} {y}" for x, y in curve.points)
            parts.append(f'<path{_state(curve.state)} d="M{start}C{" ".join(rest)}"/>')
        for each in plan.boxes:
            parts += self._drawn(each.box, each.x, each.y)
        return Markup("".join([*parts, "</svg>"]))  # noqa: S704 (every text above is escaped)

    def _drawn(self, box: Box, x: int, y: int) -> list[str]:
        """A box, from where its title begins: the style knows where its frame is."""
        width, height = box.width, box.height
        title = f"<text>{escape(box.title)}</text>"
        drawn = [
            f'<g{_state(box.state)} transform="translate({x + INDENT} {y + BASE})">',
            f'<rect width="{width}" height="{height}"/>',
            f'<a href="#{self._anchors[box.identity]}">{title}</a>',
        ]
        if box.rows:
            drawn.append(f'<path d="M{-INDENT} {TITLE - 1 - BASE}h{width}"/>')
        for number, row in enumerate(box.rows):
            at = TITLE + number * ROW + 14 - BASE
            state = _state(row.state) if row.state != box.state else ""
            mark = (
                f'<tspan class="k" x="{width - 2 * INDENT}">{row.mark}</tspan>' if row.mark else ""
            )
            drawn.append(f'<text y="{at}"{state}>{escape(row.name)}{mark}</text>')
        return [*drawn, "</g>"]


def _state(state: State) -> str:
    """The class of what is not as in the target; a page has thousands of those that are."""
    return "" if state == "same" else f' class="{state}"'


def _keys(
    table: TablePair,
    tables: Mapping[Identity, TablePair],
    inside: frozenset[Identity] | None,
) -> tuple[Row, ...]:
    """The columns of the primary and the foreign keys; where a line cannot go, the table's name."""
    states = {
        side.name: pair.state
        for pair in table.columns
        for side in (pair.live, pair.target)
        if side is not None
    }
    rows = {name: Row(_row_name(name), "PK", _of(states, name)) for name in table.keys}
    for reference in table.references:
        far = inside is not None and reference.target not in inside
        for name in reference.columns:
            mark = "PK FK" if name in table.keys else "FK"
            text = _row_name(name)
            if far and reference.target in tables:
                text = f"{text} → {_row_name(tables[reference.target].name)}"
            rows[name] = Row(text, mark, reference.state)
    return tuple(rows.values())


def _of(states: Mapping[str, State], name: str) -> State:
    state = states.get(name, "same")
    return "same" if state == "different" else state


def _row_name(name: str) -> str:
    return shortened(visible(name))


def _arrows(references: Sequence[Reference]) -> list[Arrow]:
    found = {
        (each.source, each.columns[:1], each.target): Arrow(
            each.source, _row_name(each.columns[0]), each.target, each.state
        )
        for each in references
        if each.columns
    }
    return list(found.values())
