"""What a plan of EXPLAIN (FORMAT JSON) says, in words and names."""

from collections.abc import Iterator, Mapping
from typing import Any

from gnkmigrate.audit.generic_plan import nodes
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.runner_session import pathless

_NAMED = """
SELECT nspname || '.' || relname FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('i', 'I') AND relname = ANY (%s)
"""
_NO_NAMES: Mapping[str, str] = {}


def steps(plan: Mapping[str, Any], hypothetical: Mapping[str, str] = _NO_NAMES) -> Iterator[str]:
    """What reads tables, and how rows are joined; the rest follows from the query.

    Args:
        plan: its topmost node.
        hypothetical: "schema.index" by the name that the plan has for it.
    """
    for node in nodes(plan):
        kind, relation = node["Node Type"], node.get("Relation Name")
        named = str(node.get("Index Name", ""))
        index = hypothetical[named].partition(".")[2] if named in hypothetical else named
        if "Join" in kind or kind == "Nested Loop":
            yield kind
        elif relation and index:
            yield f"{kind} of {relation} by {index}"
        elif index:
            yield f"{kind} by {index}"
        elif relation:
            yield f"{kind} of {relation}"


def indexes(
    session: Connection, plan: Mapping[str, Any], hypothetical: Mapping[str, str] = _NO_NAMES
) -> Iterator[str]:
    """The indexes of a plan, "schema.index"; the plan has their names without schemas."""
    used = {str(node["Index Name"]) for node in nodes(plan) if "Index Name" in node}
    yield from (hypothetical[name] for name in used if name in hypothetical)
    if real := sorted(used - hypothetical.keys()):
        with pathless(session):
            found = session.execute(_NAMED, [real]).fetchall()
        yield from (name for (name,) in found)
