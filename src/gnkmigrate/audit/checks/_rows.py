"""The live rows of a table, seen with the target's names, for listings of data checks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from gnkmigrate.audit.check import Gaps
from gnkmigrate.audit.checks._values import Value, becomes
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.inheritance import all_above, columns_above
from gnkmigrate.kinds.types import Type
from gnkmigrate.postgres.quoting import identifier, qualified
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.text.secret import looks_secret

# What a constraint or an index may say anew, so that rows have not had to obey it.
_SAYS_MORE = frozenset(
    {"definition", "validated", "unique", "keys", "predicate", "nulls_not_distinct"}
)

# Types whose values are texts.
STRINGS = frozenset({"character varying", "character", "text"})


@dataclass(frozen=True)
class LiveTable:
    """Where a table of the target has its rows today.

    Attributes:
        table: its live identity.
        columns: the live column of each of the target's columns that has one.
        key: SQL text that tells rows apart, over the alias "live".
        hidden: the key looks like a secret.
        sample: the clause behind the table's name where only a part is looked at.
        alone: what goes before the name where a rule concerns no rows of tables that inherit it.
        values: what columns become in the target, of those whose values do not stay what they are.
    """

    table: Identity
    columns: dict[str, Fact]
    key: str
    hidden: bool
    sample: str = ""
    alone: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def relation(self) -> str:
        """The live table's name in SQL."""
        return f"{self.alone}{qualified(*self.table.path)}"

    def column(self, name: str) -> str:
        """A column of the target as it is called in SQL today, over the alias "live"."""
        return f"live.{identifier(self.columns[name].identity.name)}"

    def value(self, name: str) -> str:
        """A column as the target will have it, in SQL of today's columns."""
        return self.values[name].sql if name in self.values else self.column(name)

    @property
    def label(self) -> str:
        """The live table's name without its schema, for messages."""
        return ".".join(self.table.path[1:])

    @property
    def rows(self) -> str:
        """What goes after FROM, under the alias "live"."""
        return f"{self.relation} AS live{self.sample}"

    def target_rows(self, names: Sequence[str]) -> tuple[str, str]:
        """The key and what goes after FROM where an expression is of the target's columns."""
        if all(self.value(name) == f"live.{identifier(name)}" for name in names):
            return self.key, self.rows
        key = "key"
        while key in names:
            key = f"{key}_"
        values = (f"{self.value(name)} AS {identifier(name)}" for name in names)
        rows = beside("target_rows").format(
            key=self.key, name=identifier(key), values=", ".join(values), rows=self.rows
        )
        return f"live.{identifier(key)}", rows


def live_table(gaps: Gaps, table: Identity, *, alone: bool = False) -> LiveTable | None:
    """The rows that a table of the target has today; None where it does not exist yet.

    Args:
        gaps: both sides.
        table: the target's.
        alone: without the rows of tables that inherit it, whom its keys do not concern.
    """
    renamed = gaps.renamed
    before = renamed[table].identity if table in renamed else table
    if before not in gaps.live:
        return None
    columns: dict[str, Fact] = {}
    wanted: dict[str, Fact] = {}
    for column in _all_columns(gaps.target, table):
        name = column.identity.name
        old = renamed.get(column.identity) or find_column(gaps.live, before, name)
        if old is not None:
            columns[name], wanted[name] = old, column
    key = _key_columns(gaps, before)
    percent = gaps.samples.get(before)
    return LiveTable(
        before,
        columns,
        row_key(key),
        any(map(looks_secret, key)),
        # Always the same part, so that two audits say the same.
        "" if percent is None else f" TABLESAMPLE SYSTEM ({percent:g}) REPEATABLE (0)",
        only(gaps.live, before) if alone else "",
        _values(gaps, columns, wanted),
    )


def _all_columns(snapshot: Snapshot, table: Identity) -> Iterator[Fact]:
    """A table's columns, and those that it merely inherits."""
    yield from snapshot.children(table, "column")
    for parent in all_above(table.path, snapshot):
        yield from snapshot.children(Identity("table", parent), "column")


def find_column(snapshot: Snapshot, table: Identity, name: str) -> Fact | None:
    """A column of a table, be it the one that it inherits."""
    above = columns_above((*table.path, name), snapshot)
    return snapshot.get("column", *table.path, name) or next(
        (each for each in above if each.kind == "column"), None
    )


def column_of(snapshot: Snapshot, table: Identity, name: str) -> Fact:
    """The same of a column that a constraint is on."""
    found = find_column(snapshot, table, name)
    if found is None:
        raise ValueError(f"{table} has no column {name}")
    return found


def _values(
    gaps: Gaps, columns: Mapping[str, Fact], wanted: Mapping[str, Fact]
) -> Mapping[str, Value]:
    found = {}
    for name, live in columns.items():
        value = becomes(live, wanted[name], f"live.{identifier(live.identity.name)}", gaps)
        if value is not None:
            found[name] = value
    return found


def only(snapshot: Snapshot, table: Identity) -> str:
    """ONLY where other tables inherit a table; its partitions' rows are its own."""
    return "ONLY " if table.path in snapshot.once(_inherited) else ""


def _inherited(snapshot: Snapshot) -> frozenset[tuple[str, ...]]:
    tables = snapshot.of_kind("table")
    return frozenset(tuple(up) for each in tables for up in each.value("inherits") or ())


def altered_columns(gaps: Gaps) -> Iterator[tuple[Change, LiveTable]]:
    """Each column whose type or clauses change, with the rows that have it today.

    A column that is renamed as well is two changes; the one that says what is altered counts.
    """
    for change in gaps.changes:
        parent = change.fact.parent
        if change.kind != "column" or change.verb != "alter" or parent is None:
            continue
        rows = live_table(gaps, parent)
        if rows is not None and change.identity.name in rows.columns:
            yield change, rows


def types_of(change: Change) -> tuple[Type, Type]:
    """The types of an altered column today and in the target."""
    before, after = change.before, change.after
    if before is None or after is None:
        raise ValueError("an altered column has a before and an after")
    return Type.parse(str(before.payload["type"])), Type.parse(str(after.payload["type"]))


def coming_constraints(gaps: Gaps, type_: str) -> Iterator[tuple[Change, Fact, LiveTable]]:
    """Each constraint of a type that today's rows will have to obey, with those rows.

    A constraint on a column that does not exist yet concerns no row of today.
    """
    for change, fact in _coming(gaps, "constraint"):
        if fact.payload["type"] != type_ or fact.parent is None:
            continue
        if type_ == "foreign key" and change.kind == "column":
            continue  # both of its sides become what they were
        rows = live_table(gaps, fact.parent, alone=type_ != "check")
        if rows is not None and set(fact.payload["columns"]) <= rows.columns.keys():
            yield change, fact, rows


def coming_indexes(gaps: Gaps) -> Iterator[tuple[Change, Fact, LiveTable]]:
    """Each unique index that today's rows will have to obey, with those rows."""
    for change, fact in _coming(gaps, "index"):
        if fact.payload["unique"] and fact.parent is not None:
            rows = live_table(gaps, fact.parent, alone=True)
            if rows is not None:
                yield change, fact, rows


def _coming(gaps: Gaps, kind: str) -> Iterator[tuple[Change, Fact]]:
    """What is made, with its change; and what stays, with the change that converts its column.

    A partition's share of a key is the business of the whole.
    """
    made = set()
    for change in gaps.changes:
        says_more = change.verb == "alter" and not _SAYS_MORE.isdisjoint(change.differing)
        if change.kind == kind and (change.verb == "add" or says_more) and _is_own(change.fact):
            made.add(change.identity)
            yield change, change.fact
    converted = {
        change.identity: change
        for change, rows in altered_columns(gaps)
        if change.identity.name in rows.values and rows.values[change.identity.name].differs
    }
    for fact in gaps.target.of_kind(kind) if converted else ():
        mine = [converted[each] for each in _columns(fact) if each in converted]
        if mine and fact.identity not in made and _is_own(fact):
            yield mine[0], fact


def _is_own(fact: Fact) -> bool:
    return not fact.payload.get("attached_to")


def _columns(fact: Fact) -> Iterator[Identity]:
    if fact.kind == "constraint":
        table = fact.identity.path[:2]
        yield from (Identity("column", (*table, name)) for name in fact.payload["columns"])
    else:
        yield from (each for each in fact.depends_on if each.kind == "column")


@cache
def beside(name: str) -> str:
    """The .sql file beside a check's module; a listing has {places} to fill."""
    return query("audit.checks", name).strip()


def _key_columns(gaps: Gaps, table: Identity) -> tuple[str, ...]:
    constraints = gaps.live.children(table, "constraint")
    for constraint in constraints:
        if constraint.payload["type"] == "primary key":
            return tuple(constraint.payload["columns"])
    return ()


def row_key(columns: Sequence[str]) -> str:
    """SQL text that tells rows apart, over the alias "live".

    Args:
        columns: those of the primary key; none where there is none.
    """
    if not columns:
        return "live.ctid::text"
    if len(columns) == 1:
        return f"live.{identifier(columns[0])}::text"
    return f"({', '.join(f'live.{identifier(name)}' for name in columns)})::text"
