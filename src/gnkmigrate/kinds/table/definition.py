"""CREATE TABLE: its columns and constraints, and what it has no words for."""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import not_null
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.column.definition import column_name, defined_by_type
from gnkmigrate.kinds.column.definition import defined as column_defined
from gnkmigrate.kinds.column.definition import settings as column_settings
from gnkmigrate.kinds.columns_of_parents import (
    as_set,
    columns_of_parents,
    default_above,
    default_of_parents,
)
from gnkmigrate.kinds.constraint.definition import defined as constraint_defined
from gnkmigrate.kinds.constraint.definition import is_settled
from gnkmigrate.kinds.constraint.kind import KIND as CONSTRAINT
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.identity.kind import added as identity_added
from gnkmigrate.kinds.index_marks import marks
from gnkmigrate.kinds.joining import checks_of_parents, moved
from gnkmigrate.kinds.not_null_below import given_to_key
from gnkmigrate.kinds.options import listed, of_relation
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, qualified


def command(fact: Fact, parts: Sequence[Fact], context: Context) -> str:
    """CREATE TABLE with the columns and constraints among `parts`."""
    name, payload = qualified(*fact.identity.path), fact.payload
    word = "CREATE UNLOGGED TABLE" if payload["persistence"] == "unlogged" else "CREATE TABLE"
    body_lines = ",\n    ".join(lines(fact, parts, context))
    body = f" (\n    {body_lines}\n)" if body_lines else "" if payload["of_type"] else " ()"
    if payload["of_type"]:
        body = f" OF {payload['of_type']}{body}"
    head = f"{word} {name}{body}"
    if payload["inherits"]:
        head += f" INHERITS ({_names(payload['inherits'])})"
    if payload["partitioned_by"]:
        head += f" PARTITION BY {payload['partitioned_by']}"
    if payload["access_method"] not in {None, "heap"}:
        head += f" USING {identifier(payload['access_method'])}"
    options = of_relation(payload)
    if options:
        head += f" WITH ({listed(options)})"
    if payload["tablespace"]:
        head += f" TABLESPACE {identifier(payload['tablespace'])}"
    return head


def lines(fact: Fact, parts: Sequence[Fact], context: Context) -> list[str]:
    """The columns and constraints of a new table, each as it stands between the parentheses."""
    inherited: tuple[Fact, ...] = ()
    if fact.payload["is_partition"]:
        later = frozenset(_unproven(fact, context.target))
        inherited = tuple(each for each in of_parents(fact, context.target) if each not in later)
    return [
        *_columns(fact, [*inherited, *parts], context),
        *not_null.of_table(fact),
        *_constraints([*inherited, *parts], context),
    ]


def _columns(fact: Fact, parts: Sequence[Fact], context: Context) -> Iterator[str]:
    """Each column of the new table with what is said in its line."""
    defaults = {part.identity.name: part for part in parts if part.kind == "default"}
    identities = {part.identity.name: part for part in parts if part.kind == "identity"}
    columns = {part.identity.name: part for part in parts if part.kind == "column"}
    for column in sorted(columns.values(), key=lambda part: (part.position, part.identity)):
        name = column.identity.name
        default = defaults.get(name)
        if name in identities and _given(column, context):
            del identities[name]  # it is none as long as it has that default
        expression = default.payload["expression"] if default else None
        if not fact.payload.get("of_type"):
            yield column_defined(column, expression, identities.get(name), context)
        elif line := defined_by_type(column, expression, context):
            yield line


def afterwards(fact: Fact, parts: Sequence[Fact], context: Context) -> Iterator[Statement]:
    """What CREATE TABLE has no words for."""
    if fact.payload["is_partition"]:
        for column in _columns_of_parents(fact, context.target):
            yield from column_settings(column)
        for check in _unproven(fact, context.target):
            yield from CONSTRAINT.create(moved(check, fact.identity), (), context)
    elif fact.payload["inherits"]:
        yield from _without_defaults(parts, context)
    later = _later(parts, context)
    for part in parts:
        if part.kind == "column":
            yield from column_settings(part)
        elif part in later:
            yield from CONSTRAINT.create(part, (), context)
        elif part.kind == "constraint" and part.parent is not None:
            yield from marks(part, part.parent, context)


def _given(column: Fact, context: Context) -> bool:
    """Whether CREATE TABLE ... INHERITS gives a column a default, if nothing is said of it."""
    return default_above(column.identity.path, context.target) is not None


def _without_defaults(parts: Sequence[Fact], context: Context) -> Iterator[Statement]:
    """Takes defaults of those above from columns of a new table that are to have none."""
    identities = {part.identity.name: part for part in parts if part.kind == "identity"}
    defaulted = {part.identity.name for part in parts if part.kind == "default"}
    for column in parts:
        name = column.identity.name
        if column.kind == "column" and name not in defaulted and _given(column, context):
            action = f"ALTER COLUMN {identifier(name)} DROP DEFAULT"
            reason = f"Column {column_name(column)} has not its parent's default in the target."
            yield alter_table_of(column, action, reason)
            if name in identities:
                yield identity_added(identities[name], context)


def _constraints(parts: Sequence[Fact], context: Context) -> Iterator[str]:
    later = _later(parts, context)
    for part in _in_turn(parts):
        if part not in later:
            yield constraint_defined(part)


def _in_turn(parts: Sequence[Fact]) -> Sequence[Fact]:
    constraints = {part.identity.name: part for part in parts if part.kind == "constraint"}
    return sorted(
        constraints.values(),
        key=lambda each: (each.payload["type"] != "primary key", each.identity),
    )


def _later(parts: Sequence[Fact], context: Context) -> frozenset[Fact]:
    """Keys that CREATE TABLE would not make, or not as they are to be."""
    left_above = (each for each in _in_turn(parts) if any(given_to_key(each, context.target)))
    return _repeated(parts).union(left_above)


def _repeated(parts: Sequence[Fact]) -> frozenset[Fact]:
    """Keys like one before them: CREATE TABLE makes but one of those, and says nothing of it."""
    found, seen = set(), set()
    for part in _in_turn(parts):
        match part.payload["type"]:
            case "primary key" | "unique":
                like = ("key", *part.payload["columns"])
            case "exclusion":
                like = ("exclusion", part.payload["definition"])
            case _:
                continue
        if like in seen:
            found.add(part)
        seen.add(like)
    return frozenset(found)


def of_parents(fact: Fact, target: Snapshot) -> Iterator[Fact]:
    """What a partition must have before it is attached: the columns and checks of those above."""
    for column in _columns_of_parents(fact, target):
        yield column
        default = default_of_parents(column.identity.path, target)
        if default is not None:
            yield default
    yield from checks_of_parents(fact.identity, target)


def _unproven(fact: Fact, target: Snapshot) -> Iterator[Fact]:
    """The checks of those above that hold for new rows alone, in this partition as well."""
    for check in checks_of_parents(fact.identity, target):
        proven = target.get("validated check", *fact.identity.path, check.identity.name)
        if not is_settled(check) and proven is None:
            yield check


def _columns_of_parents(fact: Fact, target: Snapshot) -> Iterator[Fact]:
    for column in columns_of_parents(fact.identity, target).values():
        yield as_set(column, target)


def _names(tables: Sequence[Sequence[str]]) -> str:
    return ", ".join(qualified(*table) for table in tables)
