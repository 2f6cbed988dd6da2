"""Which mapping a changed column has: a guess from its types, marked where it is more than that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gnkmigrate.authoring.calls import Argument, Call
from gnkmigrate.authoring.columns import ColumnChange, default_of
from gnkmigrate.authoring.guesses import foreign_key_of, words
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.types import INTEGERS, STRINGS, TIMESTAMP, TIMESTAMPTZ, Type
from gnkmigrate.postgres.quoting import literal

_VARYING = "character varying"
_TEXTS = frozenset({"text", _VARYING})
_ZONE = ":column AT TIME ZONE :'source_timezone'"
# The same of both ends of a range.
_ZONES = """CASE WHEN :column IS NULL THEN NULL WHEN isempty(:column) THEN 'empty' ELSE {type}(
    lower(:column) AT TIME ZONE :'source_timezone', upper(:column) AT TIME ZONE :'source_timezone',
    CASE WHEN lower_inc(:column) THEN '[' ELSE '(' END
        || CASE WHEN upper_inc(:column) THEN ']' ELSE ')' END
) END"""
_RANGES_OF_TIME = frozenset({"tsrange", "tstzrange"})
_RANGES: Mapping[str, tuple[int, int]] = {
    name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for name, bits in (("smallint", 16), ("integer", 32), ("bigint", 64))
}


def mapping(column: ColumnChange, source: Snapshot, target: Snapshot, why: str = "") -> Call:
    """The call that says what becomes of a column.

    Args:
        column: the column.
        source: the database as it is.
        target: as it shall be.
        why: what speaks for it, where its new name is a guess.
    """
    old, new = column.before.identity.name, column.after.identity.name
    call = _mapping(column, source, target)
    if not why:
        return call
    return replace(call, notes=(renaming(old, new, why), *call.notes))


def new_column(column: Fact, target: Snapshot) -> Call:
    """The call that says of a column that it comes from nothing of the old shape."""
    default = default_of(column.identity, target)
    named = _said(default=default or "", not_null=bool(default and column.payload["not_null"]))
    return Call("new", (column.identity.name, str(column.payload["type"])), named)


def renaming(old: str, new: str, why: str) -> str:
    """What the author has to confirm of a column that was taken for another."""
    return f"confirm: {old} becomes {new} ({why})."


@dataclass(frozen=True)
class _Asked:
    """A column, and what a rule looks at.

    Attributes:
        column: the column.
        old: its type before.
        new: its type afterwards.
        source: the database as it is.
        target: as it shall be.
        said: its name, default and nullability afterwards, where they have to be said.
    """

    column: ColumnChange
    old: Type
    new: Type
    source: Snapshot
    target: Snapshot
    said: Mapping[str, Argument]

    @property
    def name(self) -> str:
        return self.column.before.identity.name

    @property
    def type(self) -> str:
        return str(self.column.after.payload["type"])


def _mapping(column: ColumnChange, source: Snapshot, target: Snapshot) -> Call:
    old, new = (Type.parse(fact.payload["type"]) for fact in (column.before, column.after))
    asked = _Asked(column, old, new, source, target, _declared(column))
    if not column.is_retyped:
        return _unchanged(asked)
    plain = not asked.old.array and not asked.new.array
    rules = (_of_time, _of_text, _of_enum, _of_integer) if plain else ()
    return next((call for rule in rules if (call := rule(asked)) is not None), _cast(asked))


def _unchanged(asked: _Asked) -> Call:
    before = asked.column.before.payload
    if before["identity"] or before["generated"]:
        # Nothing but its name differs, and a default cannot be said.
        return Call(
            "Conversion", (asked.name,), {"rename": asked.said["rename"], "redeclares": False}
        )
    return Call("renamed", (asked.name,), asked.said)


def _of_time(asked: _Asked) -> Call | None:
    if {asked.old.name, asked.new.name} == _RANGES_OF_TIME:
        using, back = (_ZONES.format(type=each.name) for each in (asked.new, asked.old))
        return _conversion(asked, using=using, back=back)
    if {asked.old.name, asked.new.name} != {TIMESTAMP, TIMESTAMPTZ}:
        return None
    if asked.new.name == TIMESTAMPTZ and not asked.new.modifiers:
        return Call("zoned", (asked.name,), asked.said)
    note = "confirm: digits of a second that the new type has no room for are rounded."
    call = _conversion(asked, using=_ZONE, back=_ZONE)
    return replace(call, notes=(note,)) if asked.new.modifiers else call


def _of_text(asked: _Asked) -> Call | None:
    old, new = asked.old, asked.new
    if old.name not in STRINGS:
        return None
    if {old.name, new.name} <= _TEXTS:
        if new.modifiers and (not old.modifiers or old.modifiers > new.modifiers):
            return Call("shortened", (asked.name, new.modifiers[0]), asked.said)
        room = f"char_length(:column) <= {old.modifiers[0]}" if old.modifiers else ""
        return _conversion(asked, holds=room)
    labels = enum_of(asked.column.after, asked.target)
    if labels is not None:
        return Call("text_enum", (asked.name, _enum(asked.column.after), labels), asked.said)
    key = foreign_key_of(asked.column.after, asked.target)
    return None if key is None else _reference(asked, key)


def _reference(asked: _Asked, key: Fact) -> Call | None:
    """A text that names a row of another table; None where no column there could be the name."""
    to = key.payload["references"]
    table = Identity("table", (to["schema"], to["table"]))
    unique = [
        each.payload["columns"][0]
        for each in asked.source.children(table, "constraint")
        if each.payload["type"] == "unique" and len(each.payload["columns"]) == 1
    ]
    texts = [
        name
        for name in unique
        if (fact := asked.source.get("column", *table.path, name)) is not None
        and Type.parse(fact.payload["type"]).name in STRINGS
    ]
    if not texts or len(to["columns"]) != 1:
        return None
    said_by = words(asked.name)
    by = next((name for name in texts if words(name) & said_by), texts[0])
    name, place = asked.name, ".".join(table.path)
    named: dict[str, Argument] = {"type": asked.type, "fold": True, "by_key": True}
    if to["columns"] != ["id"]:
        named["key"] = to["columns"][0]
    named |= {each: value for each, value in asked.said.items() if each != "default"}
    others = f" ({', '.join(other for other in texts if other != by)} would do as well)"
    said = (
        f"the {by} of {place}{others if len(texts) > 1 else ''}, in other case (fold), or its key"
    )
    return Call(
        "reference",
        (name, place, by),
        named,
        (f"confirm: {name} says {said}.",),
    )


def _of_enum(asked: _Asked) -> Call | None:
    labels = enum_of(asked.column.before, asked.source)
    if labels is None:
        return None
    becomes = enum_of(asked.column.after, asked.target)
    if becomes is not None:
        text = ":column::text"
        return _conversion(asked, text, text, fits=_one_of(becomes), holds=_one_of(labels))
    room = asked.new.modifiers[0] if asked.new.modifiers else None
    if asked.new.name not in _TEXTS:
        return _uncastable(asked, labels)
    longer = [label for label in labels if room is not None and len(label) > room]
    notes = (f"confirm: {', '.join(longer)} will be cut to {room} characters.",) if longer else ()
    arguments = (asked.name, asked.type, _enum(asked.column.before), labels)
    return Call("enum_text", arguments, asked.said, notes)


def _uncastable(asked: _Asked, labels: tuple[str, ...]) -> Call:
    """An enum has a cast to text alone: what each label becomes is for the author to say."""
    cases = " ".join(f"WHEN {literal(label)} THEN NULL" for label in labels)
    backs = " ".join(f"WHEN NULL THEN {literal(label)}" for label in labels)
    note = (
        f"confirm: what does each label of {asked.column.before.payload['type']} become? Fill in "
        "the values. Rows of a new table instead: op.extract_lookup."
    )
    using, back = f"CASE :column::text {cases} END", f"CASE :column {backs} END"
    return replace(_conversion(asked, using=using, back=back), notes=(note,))


def _of_integer(asked: _Asked) -> Call | None:
    if not {asked.old.name, asked.new.name} <= INTEGERS:
        return None
    if _RANGES[asked.old.name][1] < _RANGES[asked.new.name][1]:
        return _conversion(asked, holds=_within(asked.old))
    return _conversion(asked, fits=_within(asked.new))


def _cast(asked: _Asked) -> Call:
    was = asked.column.before.payload["type"]
    note = f"confirm: each {was} is cast to {asked.type}, and back for the way back."
    return Call("cast", (asked.name, asked.type), asked.said, (note,))


def _conversion(
    asked: _Asked, using: str = "", back: str = "", fits: str = "", holds: str = ""
) -> Call:
    named = {**_said(using=using, back=back), **asked.said, **_said(fits=fits, holds=holds)}
    return Call("Conversion", (asked.name, asked.type), named)


def _declared(column: ColumnChange) -> dict[str, Argument]:
    old, new = column.before.identity.name, column.after.identity.name
    return _said(
        rename=new if new != old else "",
        default=column.new_default or "",
        not_null=bool(column.after.payload["not_null"]),
    )


def _said(**named: Argument) -> dict[str, Argument]:
    """What is not what it would be anyhow."""
    return {name: value for name, value in named.items() if value}


def enum_of(column: Fact, snapshot: Snapshot) -> tuple[str, ...] | None:
    """The labels of the enum that a column is of; None for another type."""
    for identity in column.depends_on:
        if identity.kind == "enum":
            found = snapshot.facts.get(identity)
            return None if found is None else tuple(found.payload["labels"])
    return None


def _enum(column: Fact) -> str:
    return next(".".join(each.path) for each in column.depends_on if each.kind == "enum")


def _one_of(labels: tuple[str, ...]) -> str:
    return f":column::text IN ({', '.join(map(literal, labels))})"


def _within(type_: Type) -> str:
    low, high = _RANGES[type_.name]
    return f":column BETWEEN {low} AND {high}"
