"""Texts and enums that seem to become references to a new table of their values: a guess.

What tells it is the new table: beside its key it needs nothing but one text that is unique, and a
column of the old table refers to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gnkmigrate.authoring.calls import Argument, Call
from gnkmigrate.authoring.columns import column_changes, default_of, is_ordinary
from gnkmigrate.authoring.guesses import foreign_key_of, words
from gnkmigrate.authoring.leaving import above
from gnkmigrate.authoring.linking import key_columns
from gnkmigrate.authoring.mapping import enum_of, new_column
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.constraint.definition import INDEXED
from gnkmigrate.kinds.types import STRINGS, Type
from gnkmigrate.plan.action import holders
from gnkmigrate.run.own_names import fitting

_USUAL_KEY, _USUAL_LABEL, _USUAL_TYPE = "id", "name", "integer"  # op.extract_lookup's own

_SERIAL = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}


@dataclass(frozen=True)
class Lookup:
    """A column whose values seem to become rows.

    Attributes:
        before: the column as it is.
        after: the reference that it seems to become.
        into: the new table.
        key: its key.
        label: the column of it that has the values.
        others: the rest of its columns.
        reference: the foreign key.
    """

    before: Fact
    after: Fact
    into: Identity
    key: Fact
    label: Fact
    others: tuple[Fact, ...]
    reference: Fact

    def brings_about(self, change: Change, source: Snapshot, target: Snapshot) -> bool:
        """Whether op.extract_lookup makes this change."""
        old, new = change.before, change.after
        return (old is not None and self._had(old, source)) or (
            new is not None and self._has(new, target)
        )

    def as_before(self, source: Snapshot, target: Snapshot) -> Snapshot:
        """The target with the column as it is, of which something else is said."""
        facts = [fact for fact in target if not self._has(fact, target)]
        return target.having([*facts, *(fact for fact in source if self._had(fact, source))])

    def _had(self, fact: Fact, source: Snapshot) -> bool:
        return self.before.identity in {fact.identity, *above(fact, source)} or (
            fact.kind == "default" and fact.identity.path == self.before.identity.path
        )

    def _has(self, fact: Fact, target: Snapshot) -> bool:
        """Whether it is the new table or the reference, or goes with one of them."""
        own = {self.into, self.after.identity, self.reference.identity}
        if own & {fact.identity, *above(fact, target)}:
            return True
        if fact.kind == "sequence":
            return tuple((fact.payload["owned_by"] or ())[:2]) == self.into.path
        return fact.kind == "index" and self._serves(fact)

    def _serves(self, index: Fact) -> bool:
        """Whether it is the index that the reference gets."""
        return index.identity.name == fitting(self.after.identity.path[1], self._link, "idx")

    @property
    def _link(self) -> str:
        return self.after.identity.name

    def calls(self, target: Snapshot) -> Iterator[Call]:
        """op.extract_lookup, with what can be told."""
        table, column = ".".join(self.before.identity.path[:-1]), self.before.identity.name
        into, key, label = ".".join(self.into.path), self.key.identity, self.label.identity
        actions = str(self.reference.payload["definition"]).partition(") REFERENCES ")[2]
        enum = next((each for each in self.before.depends_on if each.kind == "enum"), None)
        said: dict[str, Argument] = {
            "label": "" if label.name == _USUAL_LABEL else label.name,
            "key": "" if key.name == _USUAL_KEY else key.name,
            "type": _other_than(_USUAL_TYPE, _definition(self.key, target)),
            "label_type": _other_than("text", str(self.label.payload["type"])),
            "rename": "" if self._link == column else self._link,
            "not_null": bool(self.after.payload["not_null"]),
            "enum": "" if enum is None else ".".join(enum.path),
            "new": tuple(new_column(each, target) for each in self.others),
            "actions": actions.partition(")")[2].strip(),
        }
        named = {name: value for name, value in said.items() if value}
        if not any(map(self._serves, target.children(self._table, "index"))):
            named["index"] = False
        yield Call("keep_shape", (table,))
        note = f"confirm: the values of {table}.{column} become rows of {into} ({label.name})."
        yield Call("extract_lookup", (table, column, into), named, (note,))
        yield from self._names(target)

    def _names(self, target: Snapshot) -> Iterator[Call]:
        """What constraints are called that would be called otherwise."""
        (_, table), (_, into) = self.after.identity.path[:-1], self.into.path
        usual = {
            fitting(table, self._link, "fkey"),
            fitting(into, self.label.identity.name, "key"),
            f"{into}_pkey",
        }
        own = target.children(self.into, "constraint")
        for fact in (self.reference, *(each for each in own if each.payload["type"] in INDEXED)):
            on, name = ".".join(fact.identity.path[:-1]), fact.identity.name
            if name not in usual:
                yield Call("name_constraint", (on, name, str(fact.payload["definition"])))

    @property
    def _table(self) -> Identity:
        return Identity("table", self.after.identity.path[:-1])


def lookups(changes: Sequence[Change], source: Snapshot, target: Snapshot) -> Iterator[Lookup]:
    """The columns of which that is so.

    Args:
        changes: between the two.
        source: the database as it is.
        target: as it shall be.
    """
    for before, after in _pairs(changes, source, target):
        reference = foreign_key_of(after, target)
        if reference is None or not _is_of_values(before, source):
            continue
        to = reference.payload["references"]
        into = Identity("table", (to["schema"], to["table"]))
        found = _of_values(into, target) if into not in source and into in target else None
        if found is not None and to["columns"] == [found[0].identity.name]:
            lookup = Lookup(before, after, into, *found, reference)
            if not _is_used_otherwise(lookup, target):
                yield lookup


def _pairs(
    changes: Sequence[Change], source: Snapshot, target: Snapshot
) -> Iterator[tuple[Fact, Fact]]:
    """Columns of ordinary tables, and what they seem to become."""
    for column in column_changes(changes, source, target):
        if column.is_retyped and is_ordinary(column.table, source):
            yield column.before, column.after
    columns = [each for each in changes if each.kind == "column"]
    gone = [each.fact for each in columns if each.verb == "remove"]
    for change in columns:
        table = change.fact.parent
        if change.verb != "add" or table is None or table not in source:
            continue
        if not is_ordinary(table, source):
            continue
        named = [
            each
            for each in gone
            if each.parent == table and words(each.identity.name) & words(change.fact.identity.name)
        ]
        if len(named) == 1:
            yield named[0], change.fact


def _is_of_values(column: Fact, source: Snapshot) -> bool:
    is_text = Type.parse(str(column.payload["type"])).name in STRINGS
    plain = not column.payload["identity"] and not column.payload["generated"]
    return plain and (is_text or enum_of(column, source) is not None)


def _of_values(table: Identity, target: Snapshot) -> tuple[Fact, Fact, tuple[Fact, ...]] | None:
    """The key, the label, and the other columns of a table of values; None for another table."""
    key, columns = key_columns(table, target), target.children(table, "column")
    unique = [
        each.payload["columns"]
        for each in target.children(table, "constraint")
        if each.payload["type"] == "unique"
    ]
    keys = [each for each in columns if [each.identity.name] == [*key]]
    labels = [
        each
        for each in columns
        if [each.identity.name] in unique
        and each.payload["not_null"]
        and Type.parse(str(each.payload["type"])).name in STRINGS
    ]
    if len(keys) != 1 or len(labels) != 1 or not _definition(keys[0], target):
        return None
    others = tuple(each for each in columns if each not in {keys[0], labels[0]})
    is_told = all(
        not each.payload["not_null"] or default_of(each.identity, target) for each in others
    )
    return (keys[0], labels[0], others) if is_told else None


def _is_used_otherwise(lookup: Lookup, target: Snapshot) -> bool:
    """Whether something else of the target needs what op.extract_lookup makes."""
    made = {lookup.after.identity, lookup.into, lookup.key.identity, lookup.label.identity}
    before = lookup.as_before(Snapshot({}), target)
    return any(made & holders(fact) for fact in before)


def _definition(key: Fact, target: Snapshot) -> str:
    """How a key gets its values, as op.extract_lookup takes it; "" where it gets none."""
    type_, default = str(key.payload["type"]), default_of(key.identity, target)
    if key.payload["identity"]:
        always = key.payload["identity"] == "always"
        return f"{type_} GENERATED ALWAYS AS IDENTITY" if always else type_
    if default and default.startswith("nextval("):
        return _SERIAL.get(type_, "")
    return "uuid" if type_ == "uuid" and default else ""


def _other_than(usual: str, value: str) -> str:
    return "" if value == usual else value
