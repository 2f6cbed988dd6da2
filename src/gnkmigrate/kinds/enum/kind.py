"""Enum types (manual: CREATE TYPE, ALTER TYPE, 8.7).

Labels can be added, never removed or moved. Where the target asks for that, the old type is
renamed, a new one takes its name, columns go over by way of text, and the old type is dropped.
A label has a new name where the user says so (label public.mood.sad = public.mood.blue); that
another one stands in its place does not tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.free_names import in_turn, stand_in
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.user_type import UserType, renamed_inside
from gnkmigrate.postgres.quoting import literal


class Enum(UserType):
    name = "enum"
    found_in = "pg_type WHERE typtype = 'e' AND oid >= 16384"
    parts = frozenset({"pg_enum"})
    # What is renamed is the user's word and never read: labels by their old names.
    attributes = {"labels": How.ALTERED, "renamed": How.ALTERED}
    inner_word = "label"
    rank = 24

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        labels = ", ".join(literal(label) for label in fact.payload["labels"])
        sql = f"CREATE {self.reference(fact)} AS ENUM ({labels})"
        return (Statement(sql, f"{self.words(fact)} is missing."),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing, context
        before = change.before or change.fact
        renamed = renamed_inside(before)
        old = [renamed.get(label, label) for label in before.payload["labels"]]
        labels = change.fact.payload["labels"]
        if [label for label in labels if label in old] != old:
            return None
        added = (
            Statement(
                f"ALTER {self.reference(change.fact)} ADD VALUE {literal(label)}"
                f"{_place(label, labels, old)}",
                f"{self.words(change.fact)} has no label {literal(label)}.",
                # In the transaction that adds it a label cannot be used yet (ALTER TYPE, Notes).
                transactional=False,
            )
            for label in labels
            if label not in old
        )
        return (*self._named(change.fact, renamed, before.payload["labels"]), *added)

    def rename(self, change: Change, context: Context) -> Statements:
        statements = super().rename(change, context)
        if change.identity in context.target:
            return statements
        # The successor of what is set aside takes values by their new names.
        labels, renamed = change.fact.payload["labels"], dict(renamed_inside(change.fact))
        for label in labels:
            if label in renamed.values() and label not in renamed:
                # It goes, and no value that has it may pass for one of those that get its name.
                renamed[label] = stand_in(label, {*labels, *renamed.values()}, "_gone")
        gone = renamed.keys() - renamed_inside(change.fact).keys()
        return (*statements, *self._named(change.fact, renamed, labels, gone))

    def _named(
        self,
        fact: Fact,
        renamed: Mapping[str, str],
        labels: Sequence[str],
        gone: AbstractSet[str] = frozenset(),
    ) -> Iterator[Statement]:
        reference, new = self.reference(fact), {**renamed}
        for was, becomes in in_turn(renamed, {*labels, *renamed.values()}):
            sql = f"ALTER {reference} RENAME VALUE {literal(was)} TO {literal(becomes)}"
            new[becomes] = new.pop(was)
            wanted = literal(new[becomes])
            reason = f"Label {literal(was)} is to be called {wanted}."
            if was in gone:
                reason = f"Label {literal(was)} goes, and another one gets its name."
            yield Statement(sql, reason)

    def retells(self, change: Change) -> bool:
        return change.before is not None and bool(renamed_inside(change.before))

    def is_told(self, change: Change, successor: Fact) -> bool:
        # An enum that knows a label by its new name alone takes the values that have that name.
        labels = successor.payload["labels"] if successor.kind == self.name else ()
        renamed = renamed_inside(change.before or change.fact).items()
        return any(old not in labels and new in labels for old, new in renamed)

    def constants(self, fact: Fact) -> Mapping[str, str]:
        return renamed_inside(fact)

    def inner_names(self, fact: Fact) -> Sequence[str]:
        labels: Sequence[str] = fact.payload["labels"]
        return labels


def _place(label: str, labels: Sequence[str], old: Sequence[str]) -> str:
    """Where a new label goes; those before it in the target are there already."""
    position = labels.index(label)
    following = [other for other in labels[position + 1 :] if other in old]
    return f" BEFORE {literal(following[0])}" if following else ""


KIND = Enum()
