"""Live and target side by side: each table with what is the same, missing, extra or different.

The HTML report's tables and diagrams show this. A column of the target is laid beside the live
one of the same name, or else beside the only one whose name differs in nothing but case and
underscores, as the comparison itself does it (docs/facts.md).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Finding
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.render.parts.sheets import ColumnLine, sheet

State = Literal["same", "missing", "extra", "different"]


@dataclass(frozen=True)
class ColumnPair:
    """One column of today and of the target; None where a side has none."""

    live: ColumnLine | None
    target: ColumnLine | None

    @property
    def state(self) -> State:
        if self.live is None:
            return "missing"
        if self.target is None:
            return "extra"
        return "same" if self.live == self.target else "different"


@dataclass(frozen=True)
class Part:
    """A constraint or an index, and on which side it is."""

    text: str
    state: State


@dataclass(frozen=True)
class Reference:
    """A foreign key, from a table to a table."""

    source: Identity
    columns: tuple[str, ...]
    target: Identity
    state: State


@dataclass(frozen=True)
class TablePair:
    """One table of either side.

    Attributes:
        identity: what it is called.
        name: without the schema that goes without saying.
        state: how the two sides compare; "same" without a target.
        rows: how many rows it holds, in words; empty where that is not known.
        columns: those of the target in their order, then those that only the live table has.
        constraints: their definitions.
        indexes: those that no constraint owns.
        findings: what the audit says about it.
        keys: names of the columns of its primary key, on either side.
        references: its foreign keys.
    """

    identity: Identity
    name: str
    state: State
    rows: str
    columns: tuple[ColumnPair, ...]
    constraints: tuple[Part, ...]
    indexes: tuple[Part, ...]
    findings: tuple[Finding, ...]
    keys: tuple[str, ...]
    references: tuple[Reference, ...]


def pairs(result: AuditResult) -> tuple[TablePair, ...]:
    """Every table of both sides, by schema and name."""
    by_table: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in result.findings:
        by_table[finding.object.schema, finding.object.table].append(finding)
    sides = (result.live,) if result.target is None else (result.live, result.target)
    facts = {fact.identity: fact for side in sides for fact in side.of_kind("table")}
    return tuple(
        _pair(result, facts[identity], tuple(by_table[identity.path[0], identity.path[1]]))
        for identity in sorted(facts)
    )


def _pair(result: AuditResult, table: Fact, findings: tuple[Finding, ...]) -> TablePair:
    identity = table.identity
    here = result.live.facts.get(identity)
    # Without a target the live side is all there is, and nothing differs from it.
    wanted = result.live if result.target is None else result.target
    there = wanted.facts.get(identity)
    live = None if here is None else sheet(result.live, here, result.default_schema)
    target = None if there is None else sheet(wanted, there, result.default_schema)
    return TablePair(
        identity=identity,
        name=object_of(table).label(result.default_schema),
        state=_state(live is not None, target is not None, findings),
        rows=_rows(result, identity),
        columns=tuple(_columns(live.columns if live else (), target.columns if target else ())),
        constraints=_parts(live.constraints if live else (), target.constraints if target else ()),
        indexes=_parts(live.indexes if live else (), target.indexes if target else ()),
        findings=findings,
        keys=_keys((result.live, wanted), identity),
        references=tuple(_references(result.live, wanted, identity)),
    )


def _state(live: bool, target: bool, findings: Iterable[Finding]) -> State:
    if not live:
        return "missing"
    if not target:
        return "extra"
    return "different" if any(each.category == "gap" for each in findings) else "same"


def _rows(result: AuditResult, identity: Identity) -> str:
    size = result.sizes.get((identity.path[0], identity.path[1]))
    if size is None:
        return ""
    number = f"{size.rows:,}" if size.exact else f"about {size.rows:,}"
    return f"{number} {'row' if size.rows == 1 else 'rows'}"


def _columns(live: tuple[ColumnLine, ...], target: tuple[ColumnLine, ...]) -> Iterator[ColumnPair]:
    by_name = {line.name: line for line in live}
    by_plain = _unique({line.name: _plain(line.name) for line in live})
    wanted = _unique({line.name: _plain(line.name) for line in target})
    used: set[str] = set()
    for line in target:
        name = line.name
        if name not in by_name and wanted.get(_plain(name)) == name:
            name = by_plain.get(_plain(name), "")
        yield ColumnPair(by_name.get(name), line)
        used.add(name)
    yield from (ColumnPair(line, None) for line in live if line.name not in used)


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _unique(plain: Mapping[str, str]) -> dict[str, str]:
    """Names by plain name, where only one has it."""
    counts = Counter(plain.values())
    return {text: name for name, text in plain.items() if counts[text] == 1}


def _parts(live: tuple[str, ...], target: tuple[str, ...]) -> tuple[Part, ...]:
    kept = [Part(text, "same" if text in target else "extra") for text in dict.fromkeys(live)]
    return (*kept, *(Part(text, "missing") for text in dict.fromkeys(target) if text not in live))


def _keys(sides: Iterable[Snapshot], table: Identity) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            str(column)
            for side in sides
            for constraint in side.children(table, "constraint")
            if constraint.payload["type"] == "primary key"
            for column in constraint.payload["columns"]
        )
    )


def _references(live: Snapshot, target: Snapshot, table: Identity) -> Iterator[Reference]:
    here, there = (dict.fromkeys(_foreign_keys(side, table)) for side in (live, target))
    for columns, other in {**there, **here}:
        known = (columns, other)
        state: State = "same" if known in here and known in there else "extra"
        yield Reference(table, columns, other, "missing" if known not in here else state)


def _foreign_keys(
    snapshot: Snapshot, table: Identity
) -> Iterator[tuple[tuple[str, ...], Identity]]:
    for constraint in snapshot.children(table, "constraint"):
        if constraint.payload["type"] == "foreign key":
            to = constraint.payload["references"]
            columns = tuple(str(column) for column in constraint.payload["columns"])
            yield columns, Identity("table", (to["schema"], to["table"]))
