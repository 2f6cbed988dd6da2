"""Rows that would be in the way of a change: what an op.guard asks before anything is done."""

from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.authoring.calls import Call
from gnkmigrate.authoring.columns import ColumnChange, key_of
from gnkmigrate.authoring.workflow import Course
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier, qualified

_LOST = "Carry the values over, and then take this guard out: what it lists is lost."


def guards(course: Course) -> Iterator[Call]:
    """The guards of all parts.

    What op.convert_columns and op.build_index find in their way they ask for themselves.
    """
    come = {each.identity for each in course.last if each.verb == "add"}
    for change in course.last:
        fact, table = change.fact, change.fact.parent
        is_new = change.verb == "add" and fact.kind == "constraint"
        if is_new and table and table in course.source and table not in come:
            yield from _violations(fact, course)
    for fact in (*course.added, *(each.fact for each in course.last if each.verb == "add")):
        if fact.kind == "column" and fact.parent in course.source.facts:
            yield from _unfilled(fact, course)
    for change in (*course.first, *course.afterwards):
        yield from _lost(change.fact, course)


def _violations(fact: Fact, course: Course) -> Iterator[Call]:
    """Rows that a new CHECK or foreign key would not allow, by what its columns are made of."""
    payload, table = fact.payload, fact.parent
    values = None if table is None else _values(table, payload["columns"], course)
    if table is None or values is None:
        return
    shown = _key(table, course.source, "here.")
    place, name = qualified(*table.path), identifier(fact.identity.name)
    if payload["type"] == "check" and _reads_itself_alone(fact, table):
        becomes = ", ".join(
            f"{value} AS {identifier(new)}"
            for new, value in values.items()
            if value != _plainly(new)
        )
        lateral = f" CROSS JOIN LATERAL (SELECT {becomes}) AS becomes" if becomes else ""
        query = f"SELECT {shown} FROM {place} AS here{lateral} WHERE NOT ({payload['expression']})"
    elif payload["type"] == "foreign key" and _is_there(payload["references"], course):
        query = _unreferred(payload, place, shown, [*values.values()])
    else:
        return
    yield Call(
        "guard",
        (f"Rows of {place} do not satisfy the constraint {name}.", query),
        {"hint": "Correct or remove them first."},
    )


def _values(table: Identity, columns: Sequence[str], course: Course) -> dict[str, str] | None:
    """SQL for what the rows of now, `here`, have in these columns; None where nobody can say.

    A column that is only given another name has its values; those that are looked up or computed
    are asked about by what does that.
    """
    found: dict[str, str] = {}
    from_ = {each.after.identity: each for each in course.converted}
    for name in columns:
        change = from_.get(Identity("column", (*table.path, name)))
        if change is None and _are_as_before(table, [name], course):
            found[name] = _plainly(name)
        elif change is not None and not change.is_retyped and not _is_taken(change, course):
            found[name] = _plainly(change.before.identity.name)
        else:
            return None
    return found


def _plainly(name: str) -> str:
    return f"here.{identifier(name)}"


def _is_taken(change: ColumnChange, course: Course) -> bool:
    """Whether another column has its new name now."""
    renamed = change.before.identity != change.after.identity
    return renamed and change.after.identity in course.source


def _reads_itself_alone(fact: Fact, table: Identity) -> bool:
    return all(each.kind != "function" and each.path[:2] == table.path for each in fact.depends_on)


def _are_as_before(table: Identity, columns: Sequence[str], course: Course) -> bool:
    """Whether the phase changes none of these columns."""
    changed = {fact.identity for each in course.converted for fact in (each.before, each.after)} | {
        each.identity for each in course.last if each.kind == "column"
    }
    names = [Identity("column", (*table.path, name)) for name in columns]
    return all(name in course.source and name not in changed for name in names)


def _is_there(references: Mapping[str, object], course: Course) -> bool:
    table = Identity("table", (str(references["schema"]), str(references["table"])))
    columns = references["columns"]
    return (
        table in course.source
        and isinstance(columns, list)
        and _are_as_before(table, columns, course)
    )


def _unreferred(
    payload: Mapping[str, object], place: str, shown: str, values: Sequence[str]
) -> str:
    references = payload["references"]
    if not isinstance(references, Mapping):
        raise TypeError("a foreign key refers to columns")
    to = qualified(references["schema"], references["table"])
    pairs = zip(values, references["columns"], strict=True)
    on = " AND ".join(f"there.{identifier(b)} = {value}" for value, b in pairs)
    said = " AND ".join(f"{value} IS NOT NULL" for value in values)
    return (
        f"SELECT {shown} FROM {place} AS here"
        f" WHERE {said} AND NOT EXISTS (SELECT FROM {to} AS there WHERE {on})"
    )


def _unfilled(fact: Fact, course: Course) -> Iterator[Call]:
    """A new column that is NOT NULL and has no value for the rows that are there."""
    table = fact.parent
    given = fact.payload["generated"] or fact.payload["identity"]
    default = course.target.get("default", *fact.identity.path)
    if table is None or not fact.payload["not_null"] or given or default is not None:
        return
    place, name = qualified(*table.path), identifier(fact.identity.name)
    yield Call(
        "guard",
        (
            f"Rows of {place} have no value for the new column {name}, which is NOT NULL.",
            f"SELECT {_key(table, course.source)} FROM {place}",
        ),
        {"hint": "Write into the revision what they get, and take this guard out."},
        (f"confirm: what do the rows of {place} have in {name}?",),
    )


def _lost(fact: Fact, course: Course) -> Iterator[Call]:
    """Values of a column, or rows of a table, that go."""
    source = course.source
    if fact.kind == "table" and fact.identity not in course.target:
        place = qualified(*fact.identity.path)
        query = f"SELECT {_key(fact.identity, source)} FROM {place}"
        yield Call("guard", (f"The rows of {place} would be lost.", query), {"hint": _LOST})
    table = fact.parent
    if fact.kind != "column" or table is None or table not in course.target:
        return
    if table.kind != "table" or fact.payload["generated"]:
        return
    place, name = qualified(*table.path), identifier(fact.identity.name)
    query = f"SELECT {_key(table, source)} FROM {place} WHERE {name} IS NOT NULL"
    title = f"The values of {name} of {place} would be lost."
    yield Call("guard", (title, query), {"hint": _LOST})


def _key(table: Identity, source: Snapshot, of: str = "") -> str:
    """The columns that name a row to the reader, each after the row's alias."""
    key = key_of(table, source)
    return ", ".join(f"{of}{identifier(name)}" for name in key) if key else f"{of}ctid"
