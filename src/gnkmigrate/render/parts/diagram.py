"""A schema as an entity relationship diagram in Mermaid.

Rules: https://mermaid.js.org/syntax/entityRelationshipDiagram.html. Names that Mermaid would not
take are shown through an alias; the text is the same for equal schemas.
"""

from collections.abc import Collection, Iterator

from gnkmigrate.audit.describe import columns, object_of, short_type
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.text.escape import mermaid_text, mermaid_word


def mermaid(
    snapshot: Snapshot, default_schema: str, *, missing: Collection[Identity] = frozenset()
) -> str:
    """The tables of a snapshot with their columns, keys and references.

    Args:
        snapshot: what to draw.
        default_schema: the schema that goes without saying.
        missing: tables to mark as not there yet.
    """
    tables = snapshot.of_kind("table")
    words = _words(tables, default_schema)
    lines = ["erDiagram"]
    for table in tables:
        lacking = " (missing)" if table.identity in missing else ""
        label = f"{object_of(table).label(default_schema)}{lacking}"
        word = words[table.identity]
        alias = f'["{mermaid_text(label)}"]' if label != word else ""
        lines.append(f"    {word}{alias} {{")
        lines += [f"        {line}" for line in _columns(snapshot, table, default_schema)]
        lines.append("    }")
    for table in tables:
        lines += [f"    {line}" for line in _references(snapshot, table, words)]
    return "\n".join(lines)


def _words(tables: tuple[Fact, ...], default_schema: str) -> dict[Identity, str]:
    """A word for each table, told apart by a number where two would be the same."""
    words: dict[Identity, str] = {}
    taken: set[str] = set()
    for table in tables:
        word = mermaid_word(object_of(table).label(default_schema))
        number, unique = 2, word
        while unique in taken:
            number, unique = number + 1, f"{word}_{number}"
        taken.add(unique)
        words[table.identity] = unique
    return words


def _columns(snapshot: Snapshot, table: Fact, default_schema: str) -> Iterator[str]:
    keys = _keys(snapshot, table)
    for column in columns(snapshot, table.identity):
        name = column.identity.name
        type_ = mermaid_word(short_type(str(column.payload["type"]), default_schema))
        marks = ", ".join(mark for mark, names in keys.items() if name in names)
        word = mermaid_word(name)
        comment = f' "{mermaid_text(name)}"' if word != name else ""
        yield " ".join(filter(None, (type_, word, marks))) + comment


def _keys(snapshot: Snapshot, table: Fact) -> dict[str, set[str]]:
    marks = {"primary key": "PK", "foreign key": "FK", "unique": "UK"}
    found: dict[str, set[str]] = {mark: set() for mark in marks.values()}
    for constraint in snapshot.children(table.identity, "constraint"):
        mark = marks.get(str(constraint.payload["type"]))
        if mark is not None:
            found[mark].update(constraint.payload["columns"])
    return found


def _references(snapshot: Snapshot, table: Fact, words: dict[Identity, str]) -> Iterator[str]:
    for constraint in snapshot.children(table.identity, "constraint"):
        payload = constraint.payload
        if payload["type"] != "foreign key":
            continue
        references = payload["references"]
        other = words.get(Identity("table", (references["schema"], references["table"])))
        if other is None:
            continue
        names = payload["columns"]
        required = all(_is_required(snapshot, table, name) for name in names)
        left = "||" if required else "|o"
        right = "o|" if _is_unique(snapshot, table, names) else "o{"
        label = mermaid_text(", ".join(names))
        yield f'{other} {left}--{right} {words[table.identity]} : "{label}"'


def _is_required(snapshot: Snapshot, table: Fact, name: str) -> bool:
    column = snapshot.get("column", *table.identity.path, name)
    return column is not None and bool(column.payload["not_null"])


def _is_unique(snapshot: Snapshot, table: Fact, names: list[str]) -> bool:
    return any(
        constraint.payload["type"] in {"primary key", "unique"}
        and set(constraint.payload["columns"]) <= set(names)
        for constraint in snapshot.children(table.identity, "constraint")
    )
