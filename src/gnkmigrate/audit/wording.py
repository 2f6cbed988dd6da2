"""What a gap is called: message, impact and recommendation, as for a colleague."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gnkmigrate.audit.describe import (
    column_lines,
    column_text,
    default_of,
    index_text,
    object_of,
    table_of,
)
from gnkmigrate.audit.fold import Gap
from gnkmigrate.catalog.model import Fact, Identity, Snapshot
from gnkmigrate.diff.change import Change

_PROPERTIES = {
    "type": "type",
    "not_null": "nullability",
    "collation": "collation",
    "identity": "identity",
    "generated": "generation expression",
    "expression": "expression",
    "definition": "definition",
    "labels": "labels",
    "persistence": "persistence",
    "options": "storage options",
    "validated": "validation",
}

_IMPACT = {
    ("missing", "table"): "Whatever reads or writes this table in the target's application fails.",
    ("missing", "column"): "Queries that name this column fail until it exists.",
    ("missing", "index"): "Queries that filter, join or sort by these columns read the whole "
    "table, and the cost grows with every row.",
    ("missing", "constraint"): "Rows that break this rule are accepted, and nobody notices.",
    ("missing", "extension"): "Functions and types that the target takes from it do not exist.",
    ("missing", "view"): "Queries on this view fail until it exists.",
    ("missing", "function"): "Calls of this function fail until it exists.",
    ("missing", "trigger"): "What this trigger keeps up to date is not kept up to date.",
    ("missing", "enum"): "Columns of this type cannot be created.",
    ("missing", "sequence"): "Numbers cannot be drawn from it.",
    ("extra", "table"): "The target does not know this table: what it holds has no place there.",
    ("extra", "column"): "The target has no place for what this column holds.",
    ("extra", "index"): "Every write pays for an index that the target does without.",
    ("extra", "constraint"): "Rows that the target's application writes may be refused.",
    ("different", "column"): "The application will read and write other values than the "
    "database holds today.",
    ("different", "constraint"): "The rule that is enforced is not the one that the target counts "
    "on.",
    ("different", "index"): "Queries that count on the target's definition may not use it.",
    ("different", "enum"): "Labels that the application sends may be refused.",
}

_RECOMMENDATION = {
    ("missing", "index"): "Create it with CREATE INDEX CONCURRENTLY, which lets writes go on.",
    ("missing", "constraint"): "Add it NOT VALID and validate it afterwards, so that writes are "
    "not blocked while rows are checked.",
    ("extra", "table"): "Keep it out of the audit with the setting ignore if it is somebody "
    "else's; else archive what it holds before it goes.",
    ("extra", "column"): "Archive its values before it goes.",
    ("extra", "index"): "Drop it with DROP INDEX CONCURRENTLY once nothing uses it.",
    ("different", "column"): "Look at the data that the change concerns before making it; the "
    "checks on data against the target say what would not fit.",
}
_GENERAL = {
    "missing": "Create it as the target declares it.",
    "extra": "Declare it in the target if it is wanted, or let the migration remove it.",
    "different": "Bring it to the target's definition.",
}


@dataclass(frozen=True)
class Wording:
    """The words of a finding.

    Attributes:
        message: what is the case, in one sentence.
        impact: why it matters.
        recommendation: what to do.
        evidence: the differences, or what a missing table consists of, by label.
    """

    message: str
    impact: str
    recommendation: str
    evidence: Mapping[str, Any]


def word(gap: Gap, live: Snapshot, target: Snapshot, home: str) -> Wording:
    """The words for a gap; `home` is the schema that goes without saying."""
    kind, shape = gap.subject.kind, gap.shape
    if shape == "names":
        return _names(gap, home)
    if shape == "design":
        return _design(gap, home)
    return Wording(
        message=_message(gap, live, target, home),
        impact=_IMPACT.get((gap.kind, kind), ""),
        recommendation=_RECOMMENDATION.get((gap.kind, kind), _GENERAL[gap.kind]),
        evidence=_evidence(gap, live, target),
    )


def _message(gap: Gap, live: Snapshot, target: Snapshot, home: str) -> str:
    name = thing(gap.subject, home)
    if gap.kind == "missing":
        return f"{name} is missing{_what(gap.subject, target)}."
    if gap.kind == "extra":
        return f"{name} is not in the target{_what(gap.subject, live)}."
    renamed = [change for change in gap.changes if change.verb == "rename"]
    differences = _properties(gap)
    if renamed and renamed[0].identity == gap.subject.identity and not differences:
        return f"{_old_name(renamed[0], home)} is called {gap.subject.identity.name} in the target."
    if differences == ["type"]:
        before, after = _both(gap, "type")
        return f"{name} has type {before}; the target has {after}."
    if differences == ["nullability"]:
        nullable = "accepts NULL" if gap.subject.payload["not_null"] else "refuses NULL"
        return f"{name} {nullable}; the target does not."
    return f"{name} differs from the target in {_listed(differences)}."


def _what(fact: Fact, snapshot: Snapshot) -> str:
    """What exactly it is, where a few words can say it."""
    if fact.kind == "column":
        return f": {column_text(fact, default_of(snapshot, fact))}"
    return ""


def thing(fact: Fact, home: str) -> str:
    """A fact by kind and name, e.g. "Index idx_users_role on users (role)"."""
    table = table_of(fact)
    place = object_of(Fact(table, None, {})).label(home) if table else ""
    if fact.kind == "constraint":
        return f"{str(fact.payload['type']).capitalize()} on {place}, {_rule(fact)},"
    if fact.kind == "index":
        return f"Index {fact.identity.name} on {place} {index_text(fact)}"
    if fact.kind == "trigger":
        return f"Trigger {fact.identity.name} on {place}"
    return f"{fact.kind.capitalize()} {object_of(fact).label(home)}"


def _rule(constraint: Fact) -> str:
    """A constraint's definition without the words that its type says already."""
    definition = str(constraint.payload["definition"])
    return definition.removeprefix(str(constraint.payload["type"]).upper()).strip()


def _old_name(rename: Change, home: str) -> str:
    if rename.before is None:
        raise ValueError("a rename has a before")
    return thing(rename.before, home).rstrip(",")


def _properties(gap: Gap) -> list[str]:
    """What differs, in words, in the order of the changes."""
    return list(dict.fromkeys(label for label, _ in _differences(gap)))


def _both(gap: Gap, key: str) -> tuple[Any, Any]:
    change = next(change for change in gap.changes if key in change.differing)
    before, after = change.before, change.after
    return (before.payload[key] if before else None, after.payload[key] if after else None)


def _differences(gap: Gap) -> Iterator[tuple[str, str]]:
    """Each difference as what differs and how."""
    for change in gap.changes:
        yield from _of_change(change, change.identity == gap.subject.identity)


def _of_change(change: Change, own: bool) -> Iterator[tuple[str, str]]:
    label = change.kind if not own else ""
    if change.verb in {"add", "remove"}:
        text = _short(change.fact)
        live, target = ("none", text) if change.verb == "add" else (text, "none")
        yield label or change.kind, f"{live} → {target}"
        return
    if change.verb == "rename" and change.before is not None:
        yield label or "name", f"{change.before.identity.name} → {change.identity.name}"
    for key in change.differing:
        before = change.before.payload.get(key) if change.before else None
        after = change.after.payload.get(key) if change.after else None
        name = _PROPERTIES.get(key, key.replace("_", " "))
        yield label or name, f"{_value(key, before)} → {_value(key, after)}"


def _short(fact: Fact) -> str:
    if fact.kind == "column":
        return column_text(fact, None)
    for key in ("definition", "expression", "text"):
        if key in fact.payload:
            return str(fact.payload[key])
    return fact.identity.name


def _value(key: str, value: Any) -> str:
    if key == "not_null":
        return "NOT NULL" if value else "NULL allowed"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:  # noqa: PLR2004 (a list needs two)
        return "".join(words) or "its parts"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _evidence(gap: Gap, live: Snapshot, target: Snapshot) -> dict[str, Any]:
    if gap.kind == "different":
        return {"differences": [f"{label}: {how}" for label, how in _differences(gap)]}
    if gap.subject.kind == "table":
        return _parts(gap.subject.identity, target if gap.kind == "missing" else live)
    parts = [f"{change.kind}: {_short(change.fact)}" for change in gap.changes[1:]]
    return {"with it": parts} if parts else {}


def _parts(table: Identity, snapshot: Snapshot) -> dict[str, Any]:
    """What a table consists of."""
    constraints = [
        str(fact.payload["definition"]) for fact in snapshot.children(table, "constraint")
    ]
    indexes = [
        f"{fact.identity.name} {index_text(fact)}" for fact in snapshot.children(table, "index")
    ]
    parts = {
        "columns": list(column_lines(snapshot, table)),
        "constraints": constraints,
        "indexes": indexes,
    }
    return {label: lines for label, lines in parts.items() if lines}


def _names(gap: Gap, home: str) -> Wording:
    names = [
        f"{change.before.identity.name} → {change.identity.name}"
        for change in gap.changes
        if change.before is not None
    ]
    count = f"{len(names)} constraints" if len(names) > 1 else "One constraint"
    verb = "have other names" if len(names) > 1 else "has another name"
    return Wording(
        message=f"{count} of table {object_of(gap.subject).label(home)} {verb} in the target.",
        impact="Nothing behaves differently; scripts that name constraints find other names here "
        "than in a database made from the target.",
        recommendation="Rename them: it takes an instant and rewrites nothing.",
        evidence={"names": names},
    )


def _design(gap: Gap, home: str) -> Wording:
    columns = {
        verb: [c.identity.name for c in gap.changes if c.kind == "column" and c.verb == verb]
        for verb in ("add", "remove", "alter", "rename")
    }
    evidence = {
        "only in the target": columns["add"],
        "only in the database": columns["remove"],
        "differing": columns["alter"] + columns["rename"],
        "differences": [
            f"{change.identity.name}: {how}"
            for change in gap.changes
            for _, how in _of_change(change, own=True)
        ],
    }
    return Wording(
        message=f"Table {object_of(gap.subject).label(home)} has another design than in the target.",
        impact="Its rows mean something else than the target's application expects.",
        recommendation="Move its data in a migration of its own; altering columns one by one "
        "would lose what the rows mean.",
        evidence={label: values for label, values in evidence.items() if values},
    )
