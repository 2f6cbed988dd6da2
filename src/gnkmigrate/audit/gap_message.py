"""What a gap is called, in one sentence as for a colleague, and the evidence for it."""

from collections.abc import Sequence
from typing import Any

from gnkmigrate.audit.describe import (
    column_lines,
    column_text,
    default_of,
    index_text,
    object_of,
    short_type,
    table_of,
)
from gnkmigrate.audit.differences import differences
from gnkmigrate.audit.gap import Gap
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import satellites


def message(gap: Gap, live: Snapshot, target: Snapshot, default_schema: str) -> str:
    """The gap in one sentence; `default_schema` is the schema that goes without saying."""
    table = object_of(gap.subject).label(default_schema)
    if gap.shape == "design":
        return f"Table {table} has another design than in the target."
    if gap.shape == "names":
        one = len(gap.changes) == 1
        what = "One constraint" if one else f"{len(gap.changes)} constraints"
        return f"{what} of {table} {'has another name' if one else 'have other names'}."
    if gap.kind == "missing":
        missing = f"{thing(gap.subject, default_schema)} {_is(gap.subject)} missing"
        return f"{missing}{_what(gap.subject, target, default_schema)}."
    if gap.kind == "extra":
        extra = f"{thing(gap.subject, default_schema)} {_is(gap.subject)} not in the target"
        return f"{extra}{_what(gap.subject, live, default_schema)}."
    return _difference(gap, default_schema)


def thing(fact: Fact, default_schema: str) -> str:
    """A fact by kind and name, e.g. "Index idx_users_role on users (role)"."""
    table = table_of(fact)
    place = ".".join(table.path).removeprefix(f"{default_schema}.") if table else ""
    if fact.kind == "constraint":
        return f"{str(fact.payload['type']).capitalize()} of {place} {_about(fact, default_schema)}"
    if fact.kind == "index":
        return f"Index {fact.identity.name} on {place} {index_text(fact)}"
    about = object_of(fact)
    kind, name = _capital(fact.kind), about.label(default_schema)
    if fact.kind in satellites():
        of = "of" if fact.kind == "owner" else "on"
        return f"{kind} {of} {fact.identity.path[0]} {name}"
    if fact.kind != "column" and place and about.name:
        return f"{kind} {fact.identity.name} on {place}"
    return f"{kind} {name}"


def _is(fact: Fact) -> str:
    """The verb for one thing, or for what has no singular: "grants", "statistics"."""
    return "are" if fact.kind.endswith("s") and not fact.kind.endswith("ss") else "is"


def _differ(fact: Fact) -> str:
    return "differ" if _is(fact) == "are" else "differs"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def evidence(gap: Gap, live: Snapshot, target: Snapshot) -> dict[str, Any]:
    """The facts behind the sentence, by label."""
    if gap.shape == "names":
        return {"names": [f"{each.live} → {each.target}" for each in differences(gap)]}
    if gap.shape == "design":
        return _design(gap, live, target)
    if gap.kind == "different":
        return {"differences": [str(difference) for difference in differences(gap)]}
    snapshot = target if gap.kind == "missing" else live
    if gap.subject.kind == "table":
        return _parts(gap.subject.identity, snapshot)
    with_it = [str(difference) for difference in differences(gap)[1:]]
    return {"with it": with_it} if with_it and gap.subject.kind != "column" else {}


def _difference(gap: Gap, default_schema: str) -> str:
    found = differences(gap)
    name = thing(gap.subject, default_schema)
    properties = list(dict.fromkeys(difference.property for difference in found))
    by_property = {difference.property: difference for difference in found}
    if "name" in by_property and gap.subject.kind != "constraint":
        name = f"{name} is called {by_property['name'].live}"
        properties.remove("name")
        return (
            f"{name} and {_differ(gap.subject)} in {_listed(properties)}."
            if properties
            else f"{name} here."
        )
    if "type" in by_property:
        live = short_type(by_property["type"].live, default_schema)
        target = short_type(by_property["type"].target, default_schema)
        properties.remove("type")
        rest = f" (also: {_listed(properties)})" if properties else ""
        return f"{name} is {live}, in the target {target}{rest}."
    if properties == ["owner"]:
        return (
            f"{name} is {by_property['owner'].live}, in the target {by_property['owner'].target}."
        )
    if properties == ["nullability"]:
        verb = "must not" if gap.subject.payload["not_null"] else "may"
        return f"{name} {verb} be NULL in the target."
    listed = _listed([each for each in properties if each not in {"name", gap.subject.kind}])
    return f"{name} {_differ(gap.subject)}{f' in {listed}' if listed else ''}."


def _what(fact: Fact, snapshot: Snapshot, default_schema: str) -> str:
    """What exactly it is, where a few words can say it."""
    if fact.kind != "column":
        return ""
    type_ = str(fact.payload["type"])
    clauses = column_text(fact, default_of(snapshot, fact)).removeprefix(type_)
    return f": {short_type(type_, default_schema)}{clauses}"


def _about(constraint: Fact, default_schema: str) -> str:
    """What a constraint speaks of."""
    columns, references = constraint.payload["columns"], constraint.payload.get("references")
    words = f"on ({', '.join(columns)})" if columns else str(constraint.payload["definition"])
    if not references:
        return words
    table = f"{references['schema']}.{references['table']}".removeprefix(f"{default_schema}.")
    return f"{words} to {table}"


def _listed(words: Sequence[str]) -> str:
    if not words:
        return ""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _parts(table: Identity, snapshot: Snapshot) -> dict[str, Any]:
    """What a table consists of."""
    constraints = snapshot.children(table, "constraint")
    indexes = snapshot.children(table, "index")
    parts = {
        "columns": list(column_lines(snapshot, table)),
        "constraints": [str(fact.payload["definition"]) for fact in constraints],
        "indexes": [f"{fact.identity.name} {index_text(fact)}" for fact in indexes],
    }
    return {label: lines for label, lines in parts.items() if lines}


def _design(gap: Gap, live: Snapshot, target: Snapshot) -> dict[str, Any]:
    """Both sides of a table that becomes another."""
    here = _parts(gap.subject.identity, live)
    there = _parts(gap.subject.identity, target)
    only_here = [line for line in _lines(here) if line not in _lines(there)]
    only_there = [line for line in _lines(there) if line not in _lines(here)]
    return {"only in the database": only_here, "only in the target": only_there}


def _lines(parts: dict[str, Any]) -> list[str]:
    return [*parts.get("columns", ()), *parts.get("constraints", ())]
