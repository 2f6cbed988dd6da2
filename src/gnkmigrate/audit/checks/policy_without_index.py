"""A policy that looks for rows by a column without an index.

The policy's condition is part of every query. Where it compares a column with what is the same for
all rows, such as the user, an index that begins with that column finds the rows; without one the
whole table is read, whatever the query asks for.

Source: PostgreSQL manual, 5.9 (row security policies), 11.1 (indexes).
"""

import re
from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import compared, finding, typed
from gnkmigrate.audit.checks._new_index import proposed
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot

_NAME = r'"(?:[^"]|"")+"|[a-z_][\w$]*'
# A column on one side of =, as pg_get_expr() prints it, perhaps with a cast.
_LEFT = re.compile(rf"\(\(?({_NAME})(?:\)?::[\w ]+)? = ")
_RIGHT = re.compile(rf" = \(?({_NAME})(?:\)?::[\w ]+)?\)")

_BOTH = re.compile(rf"\(({_NAME}) = ({_NAME})\)")


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    found: dict[str, tuple[Fact, Fact, str]] = {}
    for policy in snapshot.of_kind("policy"):
        table = snapshot.facts.get(policy.parent) if policy.parent is not None else None
        if table is not None and table.kind == "table":
            for column in _compared(policy, table, snapshot):
                found.setdefault(f"{table.identity} {column}", (table, policy, column))
    for table, policy, column in found.values():
        name = column.strip('"').replace('""', '"')
        fix, undo = proposed(snapshot, table, f"idx_{table.identity.name}_{name}", column)
        yield Observation(
            object_of(policy),
            f"Policy {object_of(policy).label(home)} looks for rows by {name}, which no index "
            "begins with.",
            evidence={"using": str(policy.value("using"))},
            fix=(fix,),
            undo=(undo,),
        )


def _compared(policy: Fact, table: Fact, snapshot: Snapshot) -> Iterator[str]:
    """The columns of its USING expression, as SQL writes them, that no index begins with."""
    text = str(policy.value("using") or "")
    types = typed(snapshot, table.identity)
    offered = finding(snapshot, table.identity)
    led = {compared(each.columns[0]) for each in offered if each.columns}
    # Two columns of the row that are compared are no search, and booleans find half the table.
    both = {name for pair in _BOTH.findall(text) if {*pair} <= types.keys() for name in pair}
    named = {*_LEFT.findall(text), *_RIGHT.findall(text)} & types.keys()
    for name in sorted(named - both - led):
        if types[name] != "boolean" and " OR " not in text:
            yield name


CHECK = StructureCheck(
    id="GNK-A024",
    slug="policy-without-index",
    title="Every policy finds its rows by an index",
    category="security",
    severity=Severity.LOW,
    impact="Every query reads the whole table to find the rows that its user may see.",
    recommendation="Create an index that begins with the column.",
    find=find,
)
