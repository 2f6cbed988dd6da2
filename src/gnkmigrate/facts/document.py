"""A snapshot as a JSON document, and back.

{"version": 2, "server_version": 160015, "database": "...", "role": "...", "locale": "...",
"unstated": [...], "unread": [...], "count": 2, "facts": [...]}: the facts in the order of their
identities, each with kind, path, parent, payload, depends_on and position (docs/facts.md), a line
each, and how many they are. Equal snapshots are equal texts, so that a document can be kept in git.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ValidationError

from gnkmigrate.collector import collector_paused
from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.fact import Fact, Identity, Row
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.servers.versions import VERSIONS
from gnkmigrate.validation import problems

VERSION = 2
_NOTHING: frozenset[Identity] = frozenset()
_new = tuple.__new__  # Identity(...) goes through a function of Python's
_LINES = 500  # facts that are written at once
# The end of a fact and the first key of the next, which no text can hold: its quotes are escaped.
_BETWEEN, _BROKEN = b'},{"depends_on":', b'},\n{"depends_on":'
# What stands before the first line of facts, between two, and after the last.
_FIRST, _NEXT, _LAST = b',"facts":[\n', b",\n", b"\n]}\n"
_PIECE = 1 << 18  # bytes, and the rest of a line, that are read at once


class UnreadDocument(BaseModel, extra="forbid"):
    """What was not read, in JSON."""

    kind: str
    names: list[str]
    count: int
    reason: str = ""
    on_purpose: bool = False


class SnapshotDocument(BaseModel, extra="forbid"):
    """A snapshot in JSON."""

    version: Literal[2]
    server_version: int
    database: str
    role: str = ""
    locale: str = ""
    unstated: list[str] = []
    unread: list[UnreadDocument] = []
    count: int | None = None
    facts: list[Any]


def write_document(snapshot: Snapshot) -> str:
    """The snapshot as a JSON text that ends with a newline."""
    return b"".join(document_chunks(snapshot)).decode()


def document_chunks(snapshot: Snapshot) -> Iterator[bytes | memoryview]:
    """The same in pieces, for a file: a fact a line, so that two documents compare line by line."""
    head = {
        "version": VERSION,
        "server_version": snapshot.server_version,
        "database": snapshot.database,
        "role": snapshot.role,
        "locale": snapshot.locale,
        "unstated": sorted(snapshot.unstated),
        "unread": [asdict(each) for each in snapshot.unread],
        "count": len(snapshot),
    }
    yield orjson.dumps(head)[:-1] + _FIRST[:-1]
    separator = b"\n"
    with collector_paused():
        written = _Writer()
        facts = snapshot.ordered
        for start in range(0, len(facts), _LINES):
            some = [*map(written.fact, facts[start : start + _LINES])]
            yield separator
            # Without the brackets around them, and without copying them once more.
            text = orjson.dumps(some, option=orjson.OPT_SORT_KEYS)
            yield memoryview(text.replace(_BETWEEN, _BROKEN))[1:-1]
            separator = _NEXT
    yield _LAST


class _Writer:
    """Facts as orjson writes them, with what many of them have in common made once."""

    def __init__(self) -> None:
        # By the names of the values, then by the values; None where these have lists among them.
        self._payloads: dict[tuple[str, ...], dict[Row, orjson.Fragment] | None] = {}
        self._fields: tuple[str, ...] = ()  # those of the last one: a kind's facts stand together
        self._known: dict[Row, orjson.Fragment] | None = None
        self._parent: Identity | None = None  # what lives in one thing stands together
        self._plain_parent: tuple[Any, ...] | None = None

    def fact(self, fact: Fact) -> dict[str, Any]:
        """A fact's keys in their order; orjson knows plain tuples, and none of their subclasses."""
        kind, path = fact.identity
        needed, parent = fact.depends_on, fact.parent
        if parent is not self._parent:
            self._parent = parent
            self._plain_parent = parent and tuple(parent)
        return {
            "depends_on": [tuple(need) for need in sorted(needed)] if needed else (),
            "kind": kind,
            "parent": self._plain_parent,
            "path": path,
            "payload": self._payload(fact),
            "position": fact.position,
        }

    def _payload(self, fact: Fact) -> orjson.Fragment | dict[str, Any]:
        """Thousands of columns are of the same few sorts; what has lists is nobody's key."""
        if fact.fields is not self._fields:
            self._fields = fact.fields
            self._known = self._payloads.setdefault(self._fields, {})
        if self._known is None:
            return fact.told()
        values = fact.values
        try:
            found = self._known.get(values)
        except TypeError:
            self._known = self._payloads[self._fields] = None
            return fact.told()
        if found is None:
            text = orjson.dumps(fact.told(), option=orjson.OPT_SORT_KEYS)
            found = self._known[values] = orjson.Fragment(text)
        return found


def read_document(text: str | bytes, name: str = "The snapshot") -> Snapshot:
    """The snapshot that `write_document` wrote.

    Args:
        text: the JSON text.
        name: what to call the document in a message.

    Raises:
        SchemaError: it is no JSON, no snapshot, or one of a later version.
    """
    try:
        with collector_paused():
            document, facts = _read(text.encode() if isinstance(text, str) else text)
    except ValidationError as error:
        raise _no_snapshot(name, problems(error, whole="JSON")[:5]) from None
    except ValueError as error:  # orjson.JSONDecodeError is one
        raise _no_snapshot(name, [str(error)]) from None
    if problem := _what_is_wrong(document, facts):
        raise _no_snapshot(name, [problem])
    unread = [
        Unread(each.kind, tuple(each.names), each.count, each.reason, each.on_purpose)
        for each in document.unread
    ]
    return replace(
        Snapshot.of(facts, document.server_version, document.database, document.role, unread),
        unstated=frozenset(document.unstated),
        locale=document.locale,
    )


def _read(text: bytes) -> tuple[SnapshotDocument, list[Fact]]:
    """What a document says of itself, and its facts.

    Where it is as it was written, a fact a line, some lines are read at a time: the values of all
    of them would take more memory than the facts.
    """
    first = text.find(_FIRST)
    if first >= 0 and text.endswith(_LAST):
        with suppress(orjson.JSONDecodeError):
            head = orjson.loads(text[:first] + b',"facts":[]}')
            document = SnapshotDocument.model_validate(head)
            pieces = _pieces(text, first + len(_FIRST), len(text) - len(_LAST))
            return document, [*_read_facts(chain.from_iterable(map(orjson.loads, pieces)))]
    document = SnapshotDocument.model_validate(orjson.loads(text))
    return document, [*_read_facts(_taken(document.facts))]


def _pieces(text: bytes, start: int, end: int) -> Iterator[bytes]:
    """Lists of the facts in the lines of a text from `start` to `end`, one after the other."""
    while start < end:
        stop = text.find(_NEXT, start + _PIECE, end)
        stop = end if stop < 0 else stop
        yield b"[%b]" % text[start:stop]
        start = stop + len(_NEXT)


def _taken(values: list[Any]) -> Iterator[Any]:
    """Each of the values, which leaves the list: memory need not hold them and all facts."""
    for number, value in enumerate(values):
        values[number] = None
        yield value


def _what_is_wrong(document: SnapshotDocument, facts: Sequence[Fact]) -> str:
    """What keeps a document that can be read from being a whole snapshot; "" where nothing does."""
    if document.count not in {None, len(facts)}:
        return f"count: says {document.count:,} facts, and there are {len(facts):,}"
    if len({fact.identity for fact in facts}) < len(facts):
        ((twice, _),) = Counter(fact.identity for fact in facts).most_common(1)
        return f"facts: {twice} is there twice"
    if document.server_version // 10000 not in VERSIONS:
        first, *_, last = sorted(VERSIONS)
        return f"server_version: {document.server_version} is not PostgreSQL {first} to {last}"
    return ""


def _no_snapshot(name: str, details: list[str]) -> SchemaError:
    return SchemaError(
        f"{name} is not a snapshot of version {VERSION}.",
        details=details,
        hint="Write a new one with: gnkmigrate snapshot --output FILE",
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
    return read_document(path.read_bytes(), str(path))


def _read_facts(values: Iterable[Any]) -> Iterator[Fact]:
    """The facts of a document; there are too many of them for a model that checks each in turn.

    Raises:
        ValueError: one of them is none.
    """
    written: Any = None  # what lives in one thing stands together
    parent: Identity | None = None
    for number, value in enumerate(values):
        try:
            if written != value["parent"]:
                written = value["parent"]
                parent = None if written is None else _identity(*written)
            needed = value["depends_on"]
            yield Fact(
                _identity(value["kind"], value["path"]),
                parent,
                value["payload"],
                frozenset([_identity(*need) for need in needed]) if needed else _NOTHING,
                int(value["position"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"facts.{number}: is not a fact ({error})") from None


def _identity(kind: str, path: list[str]) -> Identity:
    "".join((kind, *path))  # which takes text alone
    identity: Identity = _new(Identity, (kind, tuple(path)))
    return identity
