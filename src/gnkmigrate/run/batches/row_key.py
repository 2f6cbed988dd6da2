"""The key of a table: the columns that tell its rows apart, in whatever is done row by row."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier
from gnkmigrate.run.names import column, split
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.type_operators import Order
from gnkmigrate.run.work import Work

# As a revision names it: one column, several, or nothing for the table's own.
Named: TypeAlias = str | Sequence[str]
Columns: TypeAlias = tuple[str, ...]


def named(key: Named) -> Columns:
    """The columns that a revision names; none where it leaves them to the table."""
    if isinstance(key, str):
        return (key,) if key else ()
    return tuple(key)


def keys_of(facts: Snapshot, table: str) -> tuple[Columns, ...]:
    """The keys of a table, its primary one first, then those of fewer columns.

    A key is unique at every moment, over all rows, and its columns are NOT NULL.

    Args:
        facts: of the database, or of the table's schema.
        table: "schema.table".
    """
    identity = Identity("table", split(table))
    required = {
        fact.identity.name
        for fact in facts.children(identity, "column")
        if fact.payload["not_null"]
    }
    primary: list[Columns] = []
    others: list[Columns] = []
    for fact in facts.children(identity, "constraint"):
        is_primary = fact.payload["type"] == "primary key"
        if (is_primary or fact.payload["type"] == "unique") and "DEFERRABLE" not in str(
            fact.payload["definition"]
        ):
            (primary if is_primary else others).append(tuple(fact.payload["columns"]))
    others += _unique_indexes(facts, identity)
    found = [*primary, *sorted(others, key=lambda columns: (len(columns), columns))]
    return tuple(
        dict.fromkeys(each for each in found if each in primary or required.issuperset(each))
    )


def _unique_indexes(facts: Snapshot, table: Identity) -> Iterator[Columns]:
    """Of whole rows and plain columns; those of constraints are not among them."""
    plain = {
        identifier(fact.identity.name): fact.identity.name
        for fact in facts.children(table, "column")
    }
    for fact in facts.children(table, "index"):
        keys = fact.payload["keys"]
        whole = fact.payload["unique"] and fact.payload["valid"] and not fact.payload["predicate"]
        if whole and all(key in plain for key in keys):
            yield tuple(plain[key] for key in keys)


def refusals(work: Work, table: str, key: Named, *, exactly: bool = False) -> Sequence[Refusal]:
    """Why the rows of a table that is there cannot be told apart by the key.

    Args:
        work: the session.
        table: "schema.table".
        key: as the revision names it.
        exactly: whether two rows may not have the same; else it is enough that it has an order.
    """
    if Identity("table", split(table)) not in work.facts:
        return ()  # an earlier step may make it
    keys, given = keys_of(work.facts, table), named(key)
    if not given:
        return () if keys else (Refusal(f"{table} has no key.", hint=KEYLESS),)
    missing = [name for name in given if work.facts.get("column", *split(table), name) is None]
    if missing and not any(step.prepares or table in step.tables for step in work.earlier):
        return (Refusal(f"{table} has no {', '.join(missing)}.", hint="Correct the revision."),)
    if exactly and not any(set(given).issuperset(each) for each in keys):
        others = " or ".join(f"({', '.join(each)})" for each in keys)
        message = f"({', '.join(given)}) does not tell the rows of {table} apart."
        return (Refusal(message, hint=f"Name a key of it: {others}." if others else KEYLESS),)
    return ()


def key_of(work: Work, table: str, key: Named) -> Columns:
    """The key that a revision names, or else the table's own.

    Raises:
        PhaseFailed: the revision names none, and the table has none, or is not there.
    """
    if given := named(key):
        return given
    facts = work.read_facts([split(table)[0]])
    if Identity("table", split(table)) not in facts:
        raise PhaseFailed(f"There is no table {table}.", hint="Look at the revision.")
    found = keys_of(facts, table)
    if not found:
        raise PhaseFailed(
            f"{table} has no key by which its rows could be told apart.", hint=KEYLESS
        )
    return found[0]


KEYLESS = (
    "Give it a primary key, or a unique index over columns that are NOT NULL "
    "(CREATE UNIQUE INDEX CONCURRENTLY), and run the same command again."
)


def listed(columns: Columns, row: str = "") -> str:
    """The columns as SQL, of `row` where one is given: "row.a, row.b"."""
    return ", ".join(f"{row}.{column(name)}" if row else column(name) for name in columns)


def is_beyond(values: Sequence[str], place: Sequence[str], orders: Sequence[Order]) -> str:
    """The condition that a key, in the order of an index over it, comes after a place."""
    if all(order == Order() for order in orders):
        return f"{_row(values)} > {_row(place)}"
    *_, condition = _along([(o.not_less, o.greater, o.greater) for o in orders], values, place)
    return condition


def is_within(values: Sequence[str], place: Sequence[str], orders: Sequence[Order]) -> str:
    """The condition that it comes before the place, or is there."""
    if all(order == Order() for order in orders):
        return f"{_row(values)} <= {_row(place)}"
    *_, condition = _along([(o.not_greater, o.less, o.not_greater) for o in orders], values, place)
    return condition


def _along(
    operators: Sequence[tuple[str, str, str]], values: Sequence[str], place: Sequence[str]
) -> Iterator[str]:
    """The same with operators of their own: one name cannot be given for all columns of a row."""
    said = ""
    for (begins, differs, ends), value, end in reversed(
        list(zip(operators, values, place, strict=True))
    ):
        if said:
            said = f"({value} {begins} {end} AND ({value} {differs} {end} OR {said}))"
        else:
            said = f"{value} {ends} {end}"
        yield said


def _row(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"({', '.join(values)})"


def same(columns: Columns, one: str, other: str) -> str:
    """The condition that two rows have the same key."""
    return " AND ".join(f"{one}.{column(name)} = {other}.{column(name)}" for name in columns)
