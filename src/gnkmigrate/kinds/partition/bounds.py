"""What the bounds of a partition take, as far as their text says (manual: CREATE TABLE)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_RANGE = re.compile(r"FOR VALUES FROM \((?P<lower>.*)\) TO \((?P<upper>.*)\)", re.DOTALL)
_LIST = re.compile(r"FOR VALUES IN \((?P<values>.*)\)", re.DOTALL)
_HASH = re.compile(r"FOR VALUES WITH \(modulus \d+, remainder (?P<remainder>\d+)\)")
_CONSTANT = re.compile(r"E?'(?:[^']|'')*'|[^\s,']+")
_SORTED: Mapping[str, Callable[[str], Any]] = {
    "smallint": int,
    "integer": int,
    "bigint": int,
    "numeric": Decimal,
    "date": date.fromisoformat,
    "timestamp without time zone": datetime.fromisoformat,
}
# Their order is a collation's, or none that a text shows; the same text is the same value.
_EQUAL: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "character varying": str,
    "uuid": str,
    "boolean": str,
}


@dataclass(frozen=True)
class Value:
    """What a column has in every row.

    Attributes:
        text: a constant as PostgreSQL prints it, without its type; None for NULL.
        type: the column's.
    """

    text: str | None
    type: str


def takes(bound: str, key: Sequence[Value | None], others: Iterable[str]) -> bool | None:
    """Whether a partition takes rows; None where the texts do not say.

    Args:
        bound: the partition's.
        key: what each column of the key has in every row; None where that is not known.
        others: the bounds of the other partitions of its table.
    """
    if bound == "DEFAULT":
        return False if any(takes(each, key, ()) for each in others) else None
    if found := _HASH.fullmatch(bound):
        # Nulls add nothing to a hash (partbounds.c, compute_partition_hash_value).
        nulls = all(each is not None and each.text is None for each in key)
        return found["remainder"] == "0" if nulls else None
    if found := _LIST.fullmatch(bound):
        return _is_listed(key[0], _CONSTANT.findall(found["values"]))
    if found := _RANGE.fullmatch(bound):
        if any(each is not None and each.text is None for each in key):
            return False
        return _is_between(key[0], found["lower"], found["upper"]) if len(key) == 1 else None
    return None


def _is_listed(value: Value | None, constants: Sequence[str]) -> bool | None:
    if value is None:
        return None
    if value.text is None:
        return "NULL" in constants
    parse = {**_SORTED, **_EQUAL}.get(value.type)
    own = _parsed(value.text, parse)
    listed = [_parsed(each, parse) for each in constants if each != "NULL"]
    if own is None:
        return None
    return own in listed or (None if None in listed else False)


def _is_between(value: Value | None, lower: str, upper: str) -> bool | None:
    if value is None or value.text is None:
        return None
    parse = _SORTED.get(value.type)
    own, low, high = (_parsed(each, parse) for each in (value.text, lower, upper))
    unsaid = (low is None and lower != "MINVALUE") or (high is None and upper != "MAXVALUE")
    if own is None or unsaid:
        return None
    return (low is None or low <= own) and (high is None or own < high)


def _parsed(constant: str, parse: Callable[[str], Any] | None) -> Any:
    """A value that can be compared; None for what has no such form here, as infinity has none."""
    if parse is None or constant.startswith("E"):
        return None
    text = constant[1:-1].replace("''", "'") if constant.startswith("'") else constant
    try:
        return parse(text)
    except (ValueError, ArithmeticError):
        return None
