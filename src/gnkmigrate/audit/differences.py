"""How the live side and the target's side of a gap differ, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gnkmigrate.audit.describe import column_text
from gnkmigrate.audit.gap import Gap
from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.text.contrast import contrast

# Payload keys that go by another name among people, in the order that people ask for them.
_PROPERTIES = {
    "type": "type",
    "not_null": "nullability",
    "expression": "expression",
    "definition": "definition",
    "labels": "labels",
    "collation": "collation",
    "generated": "generation expression",
    "validated": "validation",
    "options": "storage options",
}
_NOTHING = "none"
_LONGEST = 160  # characters of one side


@dataclass(frozen=True)
class Difference:
    """One property on both sides.

    Attributes:
        property: what it is called, e.g. "type" or "default".
        live: as it is.
        target: as it shall be.
    """

    property: str
    live: str
    target: str

    def __str__(self) -> str:
        live, target = contrast(self.live, self.target, _LONGEST)
        return f"{self.property}: {live} → {target}"


def differences(gap: Gap) -> tuple[Difference, ...]:
    """What differs about the subject of a gap, its own properties first."""
    return tuple(
        difference
        for change in gap.changes
        for difference in _of_change(change, change.identity == gap.subject.identity)
    )


def _of_change(change: Change, own: bool) -> Iterator[Difference]:
    whole = "" if own else _label(change.fact)
    before, after = change.before, change.after
    if before is None or after is None:
        live = _short(before) if before else _NOTHING
        target = _short(after) if after else _NOTHING
        yield Difference(whole or _label(change.fact), live, target)
    elif change.verb == "rename":
        yield Difference(whole or "name", before.identity.name, after.identity.name)
    else:
        keys = sorted(change.differing, key=_rank)
        for key in keys:
            live, target = _value(key, before.payload.get(key)), _value(key, after.payload.get(key))
            yield Difference(whole or _PROPERTIES.get(key, key.replace("_", " ")), live, target)


def _rank(key: str) -> tuple[int, str]:
    order = list(_PROPERTIES)
    return (order.index(key) if key in order else len(order), key)


def _label(fact: Fact) -> str:
    return str(fact.payload["type"]) if fact.kind == "constraint" else fact.kind


def _short(fact: Fact) -> str:
    if fact.kind == "column":
        return column_text(fact, None)
    for key in ("definition", "expression", "text", "generation", "owner"):
        if key in fact.payload:
            return str(fact.payload[key])
    return fact.identity.name


def _value(key: str, value: Any) -> str:
    if key == "not_null":
        return "NOT NULL" if value else "NULL allowed"
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_item(item) for item in value) or _NOTHING
    return _item(value)


def _item(value: Any) -> str:
    """A name that has a schema in front, a group of values, or a plain one."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_item(each)}" for name, each in value.items())
    return ".".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
