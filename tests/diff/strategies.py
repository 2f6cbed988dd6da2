"""Generated snapshots: schemas, tables, columns, and what hangs on them."""

from typing import Any

from hypothesis import strategies as st

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot

# Few names, so that two snapshots often share them; some differ in spelling alone.
NAMES = st.sampled_from(["id", "isActive", "is_active", 'é"'])
TYPES = st.sampled_from(["integer", "text", "numeric(20,8)"])
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


def _columns(table: Identity) -> st.SearchStrategy[list[Fact]]:
    column = st.builds(
        lambda name, type_, not_null: Fact(
            Identity("column", (*table.path, name)), table, {"type": type_, "not_null": not_null}
        ),
        NAMES,
        TYPES,
        st.booleans(),
    )
    return st.lists(column, max_size=4, unique_by=lambda fact: fact.identity)


@st.composite
def _inside(draw: st.DrawFn, table: Fact) -> list[Fact]:
    """A table's columns, constraints and index, and comments on some of them."""
    facts: list[Fact] = draw(_columns(table.identity))
    names = [fact.identity.name for fact in facts]
    for name in draw(
        st.lists(st.sampled_from(["a_key", "b_key", "c_key"]), max_size=2, unique=True)
    ):
        columns = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
        subject = {"type": "unique", "columns": columns, "references": None, "attached_to": None}
        definition = f"UNIQUE ({', '.join(columns)})"
        facts.append(
            Fact(
                Identity("constraint", (*table.identity.path, name)),
                table.identity,
                {**subject, "definition": definition, "validated": draw(st.booleans())},
                frozenset(Identity("column", (*table.identity.path, name)) for name in columns),
            )
        )
    facts += [
        Fact(
            Identity("comment", (fact.kind, *fact.identity.path)),
            fact.identity,
            {"text": draw(WORDS)},
        )
        for fact in facts
        if draw(st.booleans())
    ]
    return facts


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """A database of one or two schemas with a few tables and enums."""
    facts: list[Fact] = []
    for schema in draw(st.sampled_from([["public"], ["public"], ["public", "app"]])):
        holder = Fact(Identity("schema", (schema,)), None, {})
        facts.append(holder)
        for name in draw(st.sets(NAMES, max_size=2)):
            path = (schema, name)
            table = Fact(Identity("table", path), holder.identity, {"options": []})
            labels = draw(st.lists(WORDS, max_size=2))
            enum = Fact(Identity("enum", path), holder.identity, {"labels": labels})
            facts += [enum] if draw(st.booleans()) else []
            facts += [table, *draw(_inside(table))]
    return Snapshot.of(facts, draw(st.integers(140000, 189999)), draw(WORDS))


def facts_of(snapshot: Snapshot) -> dict[Identity, Any]:
    """What two equal snapshots have in common."""
    return {fact.identity: (fact.parent, dict(fact.payload)) for fact in snapshot}
