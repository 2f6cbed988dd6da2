"""op.link_table as a revision has it: what can be told, and what the author has to say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gnkmigrate.authoring.calls import Argument, Call
from gnkmigrate.authoring.columns import ColumnChange, default_of
from gnkmigrate.authoring.linking import Linked, hanging, key_columns, shared_columns
from gnkmigrate.authoring.mapping import mapping, new_column
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.types import STRINGS, Type

_NOW = frozenset({"now()", "CURRENT_TIMESTAMP"})
_LITERAL = re.compile(r"'((?:[^']|'')*)'")


def link_calls(linked: Linked, source: Snapshot, target: Snapshot) -> Iterator[Call]:
    """op.link_table, with what can be told; all else is for the author to say."""
    yield Call("keep_shape", (".".join(linked.table.path),))
    table, entity = linked.table, linked.entity
    shared = shared_columns(table, entity, source, target)
    key = key_columns(entity, target)
    identity = _identity(entity, key, target)
    found = _identifying(linked, identity, shared, source, target)
    columns = [
        *((each, *shared[each]) for each in shared),
        *((new, old, after) for new, old, after in found),
    ]
    taken = {after.identity.name for _, _, after in columns}
    others = [
        fact
        for fact in target.children(entity, "column")
        if fact.identity.name not in {*taken, *key}
    ]
    said: dict[str, Argument] = {
        "columns": tuple(_becomes(old, after, source, target) for _, old, after in columns),
        "identity": identity,
        "made": False,
        "reference": linked.reference,
        "links": tuple(_links(linked, shared, source, target)),
        "owner": linked.owner,
    }
    said |= _new_columns("new", [_alone(fact, entity, target) for fact in others])
    begun = _begun(linked, shared, source, target)
    alone = [call for call in _of_link(linked, source, target) if call.arguments[0] not in begun]
    said |= _new_columns("new_links", alone)
    said |= _rest(linked, key, source, target)
    names = (".".join(table.path), ".".join(entity.path))
    yield Call(
        "link_table",
        (Call("Linking", names, said),),
        notes=tuple(_notes(linked, columns, identity, others, source, target)),
    )


def _becomes(old: Fact, new: Fact, source: Snapshot, target: Snapshot) -> Call:
    """What becomes of a column that goes to the entity, whose table declares it."""
    plain = new.has({"not_null": False})
    return mapping(ColumnChange(old, plain, None, None), source, target)


def _identity(entity: Identity, key: Sequence[str], target: Snapshot) -> tuple[str, ...]:
    """The columns that tell entities apart, beside their key."""
    keys = (each.payload for each in target.children(entity, "constraint"))
    unique = (tuple(each["columns"]) for each in keys if each["type"] == "unique")
    return next((each for each in unique if each != tuple(key)), ())


def _identifying(
    linked: Linked,
    identity: Sequence[str],
    shared: Mapping[str, tuple[Fact, Fact]],
    source: Snapshot,
    target: Snapshot,
) -> Iterator[tuple[str, Fact, Fact]]:
    """The text that leaves and is never NULL, where the identity is one new text."""
    if len(identity) != 1 or identity[0] in shared:
        return
    new = target.get("column", *linked.entity.path, identity[0])
    stay = {fact.identity.name for fact in target.children(linked.table, "column")}
    old = [
        fact
        for fact in source.children(linked.table, "column")
        if fact.identity.name not in {*stay, *shared}
        and fact.payload["not_null"]
        and Type.parse(fact.payload["type"]).name in STRINGS
    ]
    if new is not None and len(old) == 1:
        yield identity[0], old[0], new


def _staying(linked: Linked, source: Snapshot, target: Snapshot) -> Iterator[str]:
    for fact in target.children(linked.table, "column"):
        name = fact.identity.name
        if name != linked.reference and source.get("column", *linked.table.path, name):
            yield name


def _links(
    linked: Linked, shared: Mapping[str, tuple[Fact, Fact]], source: Snapshot, target: Snapshot
) -> Iterator[Call]:
    """What becomes of columns that go to the link."""
    yield from (Call("renamed", (name,)) for name in _staying(linked, source, target))
    for name, (old, new) in _begun(linked, shared, source, target).items():
        note = f"confirm: a link begins ({name}) when its row did ({old.identity.name})."
        defaults = (default_of(old.identity, source), default_of(new.identity, target))
        yield replace(mapping(ColumnChange(old, new, *defaults), source, target), notes=(note,))


def _begun(
    linked: Linked, shared: Mapping[str, tuple[Fact, Fact]], source: Snapshot, target: Snapshot
) -> Mapping[str, tuple[Fact, Fact]]:
    """A new time of the link that is now() by itself, and the only one of that sort that leaves."""
    new = [
        fact
        for fact in target.children(linked.table, "column")
        if source.get("column", *linked.table.path, fact.identity.name) is None
        and _is_now(fact, target)
    ]
    old = [fact for fact, _ in shared.values() if _is_now(fact, source)]
    return {new[0].identity.name: (old[0], new[0])} if len(new) == len(old) == 1 else {}


def _is_now(column: Fact, snapshot: Snapshot) -> bool:
    return default_of(column.identity, snapshot) in _NOW


def _alone(column: Fact, entity: Identity, target: Snapshot) -> Call:
    """A column that the entity alone has; one that needs a value gets the first allowed one."""
    name, type_ = column.identity.name, str(column.payload["type"])
    if not column.payload["not_null"] or default_of(column.identity, target):
        return Call("new", (name, type_))
    checks = (each.payload for each in target.children(entity, "constraint"))
    said = (each["definition"] for each in checks if each["type"] == "check")
    allowed = (_LITERAL.search(each) for each in said if re.search(rf"\b{re.escape(name)}\b", each))
    first = next((found[0] for found in allowed if found), "''")
    return Call("constant", (name, type_, first))


def _of_link(linked: Linked, source: Snapshot, target: Snapshot) -> Iterator[Call]:
    for fact in target.children(linked.table, "column"):
        name = fact.identity.name
        if name == linked.reference or source.get("column", *linked.table.path, name):
            continue
        yield new_column(fact, target)


def _new_columns(name: str, calls: Sequence[Call]) -> Mapping[str, Argument]:
    return {name: tuple(calls)} if calls else {}


def _rest(
    linked: Linked, key: Sequence[str], source: Snapshot, target: Snapshot
) -> Mapping[str, Argument]:
    """Keys that go on, tables that hang on the entity, foreign keys and indexes of the link."""
    said: dict[str, Argument] = {}
    old = key_columns(linked.table, source)
    if len(old) == len(key) == 1 and _type(linked.table, old[0], source) == _type(
        linked.entity, key[0], target
    ):
        said["key_from"] = old[0]
    if list(key) != ["id"]:
        said["key"] = key[0]
    others = [each for each in hanging(linked.entity, target) if each != linked.table]
    if others:
        said["hanging"] = tuple(".".join(each.path) for each in others)
    references = dict(_references(linked, target))
    if references:
        said["references"] = references
    indexes = {
        index.identity.name: f"({', '.join(index.payload['keys'])})"
        for index in target.children(linked.table, "index")
        if index.payload["predicate"] is None and not index.payload["unique"]
    }
    if indexes:
        said["indexes"] = indexes
    return said


def _type(table: Identity, column: str, snapshot: Snapshot) -> str | None:
    found = snapshot.get("column", *table.path, column)
    return None if found is None else str(found.payload["type"])


def _references(linked: Linked, target: Snapshot) -> Iterator[tuple[str, str]]:
    for each in target.children(linked.table, "constraint"):
        payload = each.payload
        if payload["type"] == "foreign key" and payload["columns"] != [linked.reference]:
            columns = ", ".join(payload["columns"])
            yield columns, str(payload["definition"]).partition(" REFERENCES ")[2]


def _notes(
    linked: Linked,
    columns: Sequence[tuple[str, Fact, Fact]],
    identity: Sequence[str],
    others: Sequence[Fact],
    source: Snapshot,
    target: Snapshot,
) -> Iterator[str]:
    table, entity = (".".join(each.path) for each in (linked.table, linked.entity))
    yield (
        f"confirm: {table} becomes the link between {entity} and {', '.join(linked.owner)}, and "
        f"{entity} has a row for each {' and '.join(identity) or '... say what identifies a row'}."
    )
    renamed = [(old.identity.name, new) for new, old, _ in columns if old.identity.name != new]
    for old, new in renamed:
        yield f"confirm: {old} becomes {new} (it is the one text that leaves and is never NULL)."
    if others:
        names = ", ".join(fact.identity.name for fact in others)
        yield f"confirm: {names} of {entity}: new, or one of the columns that leave {table}?"
    stay = {fact.identity.name for fact in target.children(linked.table, "column")}
    gone = {old.identity.name for _, old, _ in columns}
    left = [
        fact.identity.name
        for fact in source.children(linked.table, "column")
        if fact.identity.name not in {*stay, *gone, *key_columns(linked.table, source)}
    ]
    if left:
        yield f"confirm: {', '.join(left)} of {table}: is that the old application's alone then?"
