"""Enum types (manual: CREATE TYPE, ALTER TYPE, 8.7).

Labels can be added, never removed or moved. Where the target asks for that, the old type is
renamed, a new one takes its name, columns go over by way of text, and the old type is dropped.
A label has a new name where the user says so (label public.mood.sad = public.mood.blue); that
another one stands in its place does not tell.
"""

from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.kind import Context, How
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.user_type import UserType
from gnkmigrate.postgres.quoting import literal


class Enum(UserType):
    name = "enum"
    parts = frozenset({"pg_enum"})
    # What is renamed is the user's word and never read: labels by their old names.
    attributes = {"labels": How.ALTERED, "renamed": How.ALTERED}
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
        old = [_renamed(before).get(label, label) for label in before.payload["labels"]]
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
        return (*self._named(change.fact, _renamed(before)), *added)

    def rename(self, change: Change, context: Context) -> Statements:
        renamed = super().rename(change, context)
        if change.identity in context.target:
            return renamed
        # The successor of what is set aside takes values by their new names.
        return (*renamed, *self._named(change.fact, _renamed(change.fact)))

    def _named(self, fact: Fact, renamed: Mapping[str, str]) -> Iterator[Statement]:
        for was, becomes in renamed.items():
            names = f"{literal(was)} TO {literal(becomes)}"
            reason = f"Label {literal(was)} is to be called {literal(becomes)}."
            yield Statement(f"ALTER {self.reference(fact)} RENAME VALUE {names}", reason)

    def constants(self, fact: Fact) -> Mapping[str, str]:
        return _renamed(fact)

    def told(self, fact: Fact, renames: Mapping[Identity, Identity], target: Snapshot) -> Fact:
        after = target.facts.get(renames.get(fact.identity, fact.identity))
        if after is None:
            return fact
        found = {
            old.name: new.name
            for old, new in renames.items()
            if old.kind == "label" and old.path[:-1] == fact.identity.path
        }
        before, wanted = fact.payload["labels"], after.payload["labels"]
        renamed = {
            was: becomes
            for was, becomes in found.items()
            if was in before and was not in wanted and becomes in wanted and becomes not in before
        }
        return fact.has({"renamed": renamed}) if renamed else fact


def _renamed(fact: Fact) -> Mapping[str, str]:
    """The new names of labels by their old ones."""
    return fact.payload.get("renamed") or {}


def _place(label: str, labels: Sequence[str], old: Sequence[str]) -> str:
    """Where a new label goes; those before it in the target are there already."""
    position = labels.index(label)
    following = [other for other in labels[position + 1 :] if other in old]
    return f" BEFORE {literal(following[0])}" if following else ""


KIND = Enum()
