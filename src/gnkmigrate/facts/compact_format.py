"""A snapshot as the cache keeps it: the rows as they were read, and what they need by numbers.

Quicker to read than the document that users get (`document`), and bound to this very version.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import orjson

from gnkmigrate.collector import collector_paused
from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.fact import Address, Fact, Identity, Shape
from gnkmigrate.facts.snapshot import Snapshot, Unread

FORMAT = "rows 2"
_NOTHING: frozenset[Identity] = frozenset()
# How a row begins: the fact's number, its parent's (None for none), its position, its path.
_FIRST = 4
_POSITION = 2
_new = tuple.__new__  # Identity(...) goes through a function of Python's


def packed(snapshot: Snapshot) -> bytes:
    """All of a snapshot."""
    with collector_paused():
        numbers = _Numbers()
        rows: defaultdict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = defaultdict(list)
        needs: dict[str, list[int]] = {}
        for fact in snapshot:
            told, number = fact.told(), numbers[fact.identity]
            parent = None if fact.parent is None else numbers[fact.parent]
            head = (number, parent, fact.position, fact.identity.path)
            rows[fact.kind, tuple(told)].append((*head, *told.values()))
            if needed := fact.depends_on:
                needs[str(number)] = [numbers[each] for each in sorted(needed)]
        content = {
            "format": FORMAT,
            "server_version": snapshot.server_version,
            "database": snapshot.database,
            "role": snapshot.role,
            "unstated": sorted(snapshot.unstated),
            "unread": [asdict(each) for each in snapshot.unread],
            "rows": [[kind, fields, some] for (kind, fields), some in rows.items()],
            "named": [[number, *each] for each, number in numbers.items() if each not in snapshot],
            "needs": needs,
        }
        return orjson.dumps(content)


def unpacked(content: bytes) -> Snapshot:
    """The snapshot that `packed` has made this of.

    Raises:
        SchemaError: it is none.
    """
    try:
        with collector_paused():
            return _read(orjson.loads(content))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise SchemaError(f"This holds no facts of a kept script: {error}.") from error


class _Numbers(dict[Identity, int]):
    """Gives every identity a number when it is first asked for."""

    def __missing__(self, identity: Identity) -> int:
        self[identity] = number = len(self)
        return number


class _Needs:
    """What each fact needs, once somebody asks."""

    def __init__(self, needs: Mapping[str, Sequence[int]], known: Mapping[int, Identity]) -> None:
        self._needs = needs
        self._known = known

    def of(self, address: Address, parent: Identity | None) -> frozenset[Identity]:
        del parent  # which was left out when this was packed
        needed = self._needs.get(str(address[1]))
        return _NOTHING if needed is None else frozenset([self._known[each] for each in needed])


def _read(content: Any) -> Snapshot:
    if content["format"] != FORMAT:
        raise ValueError(content["format"])
    known: dict[int, Identity] = {
        number: Identity(kind, tuple(path)) for number, kind, path in content["named"]
    }
    for kind, _, rows in content["rows"]:
        for row in rows:
            known[row[0]] = _new(Identity, (kind, tuple(row[3])))
    needs = _Needs(content["needs"], known)
    facts: dict[Identity, Fact] = {}
    made = Fact.of_row
    for _, fields, rows in content["rows"]:
        shape = Shape(tuple(fields), _FIRST, _POSITION, needs=needs)
        for row in rows:
            identity, parent = known[row[0]], row[1]
            facts[identity] = made(
                identity, None if parent is None else known[parent], tuple(row), shape
            )
    return Snapshot(
        MappingProxyType(facts),
        content["server_version"],
        content["database"],
        content["role"],
        frozenset(content["unstated"]),
        tuple(Unread(**{**each, "names": tuple(each["names"])}) for each in content["unread"]),
    )
