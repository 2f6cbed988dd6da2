"""Expressions that PostgreSQL prints in another way once they were dumped and restored.

`column IN ('a', 'b')` on a varchar is kept as an array of varchar that is cast to text[] as a
whole, and so pg_dump writes it. On reading that, PostgreSQL casts every element instead, and from
then on prints it so (parse_expr.c, transformTypeCast). It means the same.
"""

import re
from collections.abc import Mapping
from typing import Any

from gnkmigrate.facts.snapshot import Snapshot

_ELEMENT = r"(?:'(?:[^']|'')*'|NULL)::\w[\w ]*"
_CAST_AS_A_WHOLE = re.compile(
    rf"\(ARRAY\[(?P<elements>{_ELEMENT}(?:, {_ELEMENT})*)\]\)::(?P<type>\w[\w ]*)\[\]"
)


def as_restored(snapshot: Snapshot) -> Snapshot:
    """A snapshot with its expressions as they are printed after a restore."""
    return snapshot.having(fact.replaced(payload=_settled(fact.payload)) for fact in snapshot)


def settled(text: str) -> str:
    """An expression, or a whole script, as it is printed after a restore."""
    return _CAST_AS_A_WHOLE.sub(_cast_one_by_one, text)


def _cast_one_by_one(found: re.Match[str]) -> str:
    type_ = found["type"]
    elements = re.findall(_ELEMENT, found["elements"])
    return f"ARRAY[{', '.join(f'({element})::{type_}' for element in elements)}]"


def merely_printed(one: Any, other: Any) -> bool:
    """Whether two JSON values differ, and only in how PostgreSQL prints their expressions."""
    return bool(one != other and _settled(one) == _settled(other))


def _settled(value: Any) -> Any:
    if isinstance(value, str):
        return settled(value)
    if isinstance(value, Mapping):
        return {key: _settled(part) for key, part in value.items()}
    return [_settled(part) for part in value] if isinstance(value, list | tuple) else value
