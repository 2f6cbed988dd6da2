"""Operators that SQL has no place to qualify, so that they are found by the search_path alone.

IS DISTINCT FROM, NULLIF, CASE with a value, and JOIN ... USING look for "=" (parse_expr.c,
parse_clause.c). PostgreSQL prints them without a schema: read again where the schema of the "=" is
not in the path, the values are compared as another type that has one, such as text.
"""

import re
from collections.abc import Iterator
from typing import Any

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot

_UNQUALIFIED = re.compile(r"\bDISTINCT FROM\b|\bNULLIF\(|\bCASE\s+(?!WHEN\b)|\bUSING \(")


def schemas_of_operators(fact: Fact, snapshot: Snapshot) -> Iterator[str]:
    """The schemas that have to be in the search_path when a fact's text is read."""
    if not _mentions(fact.told()):
        return
    for needed in fact.depends_on:
        if needed.kind == "operator":
            yield needed.path[0]
        elif needed.kind == "extension" and (found := snapshot.facts.get(needed)):
            yield str(found.payload["schema"])


def _mentions(value: Any) -> bool:
    if isinstance(value, str):
        return _UNQUALIFIED.search(value) is not None
    if isinstance(value, dict):
        return any(map(_mentions, value.values()))
    return isinstance(value, list | tuple) and any(map(_mentions, value))
