"""Tables that refer to each other in a circle.

Where every foreign key of the circle is NOT NULL and not deferrable, no first row can get in by
itself: it takes one statement that inserts into all tables at once, and a restore of data alone
needs constraints switched off. With a NULL or a DEFERRABLE key somewhere the circle works, but
order of deletes and of loading still has to be thought about; that is reported as info.

Sources: PostgreSQL manual, SET CONSTRAINTS; pg_dump (--data-only with circular foreign keys).
"""

from collections.abc import Collection, Iterator, Mapping

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._keys import ForeignKey, foreign_keys
from gnkmigrate.audit.checks._nulls import filled
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot

_Edges = Mapping[Identity, Collection[Identity]]


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    keys = [key for key in foreign_keys(snapshot) if key.table != key.referenced]
    circles = _circles(keys)
    strict = _circles([key for key in keys if _binds(key, snapshot)]) if circles else []
    for circle in circles:
        binding = any(each <= circle for each in strict)
        names = [".".join(table.path).removeprefix(f"{home}.") for table in sorted(circle)]
        first = snapshot.facts[min(circle)]
        yield Observation(
            object_of(first),
            f"Tables {', '.join(names)} refer to each other in a circle"
            f"{', and no first row can get in by itself' if binding else ''}.",
            subject="circle",
            evidence={
                "foreign keys": [
                    f"{key.label(home)} to {'.'.join(key.referenced.path).removeprefix(f'{home}.')}"
                    for key in keys
                    if {key.table, key.referenced} <= circle
                ]
            },
            severity=None if binding else Severity.INFO,
        )


def _binds(key: ForeignKey, snapshot: Snapshot) -> bool:
    return not key.deferrable and {*key.columns} <= filled(snapshot, key.table)


def _circles(keys: Collection[ForeignKey]) -> list[frozenset[Identity]]:
    """The sets of tables each of which reaches every other one (strongly connected)."""
    forth: dict[Identity, set[Identity]] = {}
    back: dict[Identity, set[Identity]] = {}
    for key in keys:
        forth.setdefault(key.table, set()).add(key.referenced)
        back.setdefault(key.referenced, set()).add(key.table)
    circles: list[frozenset[Identity]] = []
    assigned: set[Identity] = set()
    # Kosaraju: what was left last in one direction is gathered first in the other.
    for table in reversed(_left(forth)):
        if table not in assigned:
            circle = _reached(table, back, assigned)
            assigned |= circle
            circles += [circle] if len(circle) > 1 else []
    return circles


def _left(edges: _Edges) -> list[Identity]:
    """The tables in the order in which a walk in depth leaves them."""
    left: list[Identity] = []
    seen: set[Identity] = set()
    for start in sorted(edges):
        stack = [] if start in seen else [(start, iter(sorted(edges[start])))]
        seen.add(start)
        while stack:
            table, following = stack[-1]
            fresh = next((each for each in following if each not in seen), None)
            if fresh is None:
                left.append(table)
                stack.pop()
            else:
                seen.add(fresh)
                stack.append((fresh, iter(sorted(edges.get(fresh, ())))))
    return left


def _reached(start: Identity, edges: _Edges, closed: Collection[Identity]) -> frozenset[Identity]:
    found = {start}
    waiting = [start]
    while waiting:
        for table in edges.get(waiting.pop(), ()):
            if table not in found and table not in closed:
                found.add(table)
                waiting.append(table)
    return frozenset(found)


CHECK = StructureCheck(
    id="GNK-S015",
    slug="foreign-key-cycle",
    title="No tables refer to each other in a circle",
    severity=Severity.MEDIUM,
    impact="Rows can only be inserted, loaded or deleted in several tables at once.",
    recommendation="Let one key of the circle be NULL or DEFERRABLE INITIALLY DEFERRED.",
    find=find,
)
