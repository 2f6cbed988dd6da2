"""Enum types (manual: CREATE TYPE, ALTER TYPE, 8.7).

Labels can be added, never removed or moved. Where the target asks for that, the old type is
renamed, a new one takes its name, columns go over by way of text, and the old type is dropped.
"""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.kind import Context, How
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.user_type import UserType
from gnkmigrate.postgres.quoting import literal


class Enum(UserType):
    name = "enum"
    attributes = {"labels": How.ALTERED}
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
        old = (change.before or change.fact).payload["labels"]
        labels = change.fact.payload["labels"]
        if [label for label in labels if label in old] != list(old):
            return None
        return tuple(
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


def _place(label: str, labels: Sequence[str], old: Sequence[str]) -> str:
    """Where a new label goes; those before it in the target are there already."""
    position = labels.index(label)
    following = [other for other in labels[position + 1 :] if other in old]
    return f" BEFORE {literal(following[0])}" if following else ""


KIND = Enum()
