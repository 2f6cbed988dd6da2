"""Enum types (manual: CREATE TYPE, ALTER TYPE, 8.7).

Labels can be added, never removed or moved. Where the target asks for that, the old type is
renamed, a new one takes its name, columns go over by way of text, and the old type is dropped.
"""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.quoting import identifier, literal, qualified
from gnkmigrate.kinds.kind import Context, Effect, How, Kind, Replacement
from gnkmigrate.kinds.statement import Statement, Statements


class EnumKind(Kind):
    name = "enum"
    catalog = "pg_type"
    parent_catalog = "pg_namespace"
    attributes = {"labels": How.ALTERED}
    rank = 24
    word = "TYPE"
    has_owner = True
    grant_word = "TYPE"


    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        name = qualified(*fact.identity.path)
        labels = ", ".join(literal(label) for label in fact.payload["labels"])
        return (Statement(f"CREATE TYPE {name} AS ENUM ({labels})", f"Type {name} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        name = qualified(*fact.identity.path)
        return (Statement(f"DROP TYPE {name}", f"Type {name} is not in the target."),)

    def alter(self, change: Change, context: Context) -> Statements | None:
        del context
        old = change.before.payload["labels"] if change.before else []
        labels: list[str] = change.fact.payload["labels"]
        if [label for label in labels if label in old] != old:
            return None
        name = qualified(*change.identity.path)
        return tuple(
            Statement(
                f"ALTER TYPE {name} ADD VALUE {literal(label)}{_place(label, labels, old)}",
                f"Type {name} has no label {literal(label)}.",
                # In the transaction that adds it a label cannot be used yet (ALTER TYPE, Notes).
                transactional=False,
            )
            for label in labels
            if label not in old
        )

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old = qualified(*(change.before or change.fact).identity.path)
        new = identifier(change.identity.name)
        return (
            Statement(f"ALTER TYPE {old} RENAME TO {new}", f"Type {old} is to be called {new}."),
        )

    def replacement(self, fact: Fact, context: Context) -> Replacement:
        del fact, context
        return Replacement.ASIDE

    def effect_of_replacing(self, dependent: Fact) -> Effect:
        return Effect.ALTERED if dependent.kind == "column" else Effect.REPLACED

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return frozenset({("type", *fact.identity.path)})

    def is_derived(self, fact: Fact) -> bool:
        del fact
        return False


def _place(label: str, labels: Sequence[str], old: Sequence[str]) -> str:
    """Where a new label goes; those before it in the target are there already."""
    position = labels.index(label)
    following = [other for other in labels[position + 1 :] if other in old]
    return f" BEFORE {literal(following[0])}" if following else ""


KIND = EnumKind()
