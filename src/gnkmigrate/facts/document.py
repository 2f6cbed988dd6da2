"""A snapshot as a JSON document, and back.

{"version": 1, "server_version": 160015, "database": "...", "role": "...", "unstated": [...],
"unread": [...], "facts": [...]}: the facts in the order of their identities, each with kind, path,
parent, payload, depends_on and position (docs/facts.md). Equal snapshots are equal texts, so that
a document can be kept in git.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.validation import problems

VERSION = 1


class IdentityDocument(BaseModel, extra="forbid"):
    """An identity in JSON."""

    kind: str
    path: list[str]

    def identity(self) -> Identity:
        return Identity(self.kind, tuple(self.path))


class FactDocument(IdentityDocument, extra="forbid"):
    """A fact in JSON."""

    parent: IdentityDocument | None
    payload: dict[str, Any]
    depends_on: list[IdentityDocument] = []
    position: int = 0

    def fact(self) -> Fact:
        return Fact(
            self.identity(),
            self.parent.identity() if self.parent else None,
            self.payload,
            frozenset(need.identity() for need in self.depends_on),
            self.position,
        )


class UnreadDocument(BaseModel, extra="forbid"):
    """What was not read, in JSON."""

    kind: str
    names: list[str]
    count: int
    reason: str = ""


class SnapshotDocument(BaseModel, extra="forbid"):
    """A snapshot in JSON."""

    version: Literal[1]
    server_version: int
    database: str
    role: str = ""
    unstated: list[str] = []
    unread: list[UnreadDocument] = []
    facts: list[FactDocument]


def write_document(snapshot: Snapshot) -> str:
    """The snapshot as a JSON text that ends with a newline."""
    document = {
        "version": VERSION,
        "server_version": snapshot.server_version,
        "database": snapshot.database,
        "role": snapshot.role,
        "unstated": sorted(snapshot.unstated),
        "unread": [asdict(each) for each in snapshot.unread],
        "facts": [_fact(fact) for fact in snapshot.ordered],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read_document(text: str, name: str = "The snapshot") -> Snapshot:
    """The snapshot that `write_document` wrote.

    Args:
        text: the JSON text.
        name: what to call the document in a message.

    Raises:
        SchemaError: it is no JSON, no snapshot, or one of a later version.
    """
    try:
        document = SnapshotDocument.model_validate_json(text)
    except ValidationError as error:
        raise SchemaError(
            f"{name} is not a snapshot of version {VERSION}.",
            details=problems(error, whole="JSON")[:5],
            hint="Write a new one with: gnkmigrate snapshot --output FILE",
        ) from None
    facts = [fact.fact() for fact in document.facts]
    unread = [
        Unread(each.kind, tuple(each.names), each.count, each.reason) for each in document.unread
    ]
    return replace(
        Snapshot.of(facts, document.server_version, document.database, document.role, unread),
        unstated=frozenset(document.unstated),
    )


def read_document_file(path: Path) -> Snapshot:
    """The snapshot in a file.

    Raises:
        SchemaError: there is no such file, or it is not a snapshot.
    """
    if not path.is_file():
        raise SchemaError(
            f"The snapshot {path} does not exist.",
            hint="Write one with: gnkmigrate snapshot --output FILE",
        )
    return read_document(path.read_text(encoding="utf-8", errors="replace"), str(path))


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        **_identity(fact.identity),
        "parent": _identity(fact.parent) if fact.parent else None,
        "payload": _sorted(fact.payload),
        "depends_on": [_identity(identity) for identity in sorted(fact.depends_on)],
        "position": fact.position,
    }


def _identity(identity: Identity) -> dict[str, Any]:
    return {"kind": identity.kind, "path": list(identity.path)}


def _sorted(value: Any) -> Any:
    """The same JSON value with the keys of its objects in order."""
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list | tuple) else value
