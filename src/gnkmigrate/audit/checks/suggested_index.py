"""An index that would spare frequent statements the reading of a whole table.

For the ten statements that have taken most time (pg_stat_statements) and read a table of the
project from end to end, the planner is asked what they would cost with a hypothetical index on
each of the table's columns (hypopg). Nothing is built and no statement is run: each is prepared
and explained with a generic plan. An index is proposed where it makes a statement ten times
cheaper, as the planner sees it. An index of several columns may be better still; plans of the real
statements show it.

Sources: PostgreSQL manual, PREPARE (generic plans), EXPLAIN, F.32 (pg_stat_statements); HypoPG's
documentation.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._new_index import proposed
from gnkmigrate.audit.checks._rows import beside
from gnkmigrate.audit.checks._server import require_extension, schemas, table
from gnkmigrate.audit.code_of_others import CodeOfOthers
from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.generic_plan import generic_plan, nodes
from gnkmigrate.audit.reader import reader, unsafe
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier, qualified

STATEMENTS = 10
COLUMNS = 50  # of one table; each costs a plan
GAIN = 10  # times cheaper


@dataclass(frozen=True)
class _Proposal:
    """The column whose index makes a statement cheapest, with the planner's costs."""

    column: Fact
    statement: str
    calls: int
    before: float
    after: float


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    statistics = require_extension(connection, "pg_stat_statements")
    hypopg = sql.SQL(require_extension(connection, "hypopg"))
    best: dict[tuple[str, ...], _Proposal] = {}
    for statement, calls in _statements(connection, question, statistics):
        proposal = _proposal(connection, question, hypopg, statement, calls)
        if proposal is not None:
            best.setdefault(proposal.column.identity.path, proposal)
    for proposal in best.values():
        yield _observation(proposal, question)


def _statements(
    connection: Connection, question: Question, statistics: str
) -> list[tuple[str, int]]:
    query = sql.SQL(beside("suggested_index")).format(
        view=sql.SQL("{}.pg_stat_statements").format(sql.SQL(statistics)),
        statements=sql.Literal(STATEMENTS),
    )
    # Names without a schema are looked up where the application looks them up.
    path = sql.SQL(", ").join(map(sql.Identifier, (*schemas(question), "pg_temp")))
    connection.execute(sql.SQL("SET LOCAL search_path = {}").format(path))
    return [(str(text), int(calls)) for text, calls in connection.execute(query).fetchall()]


def _proposal(
    connection: Connection, question: Question, hypopg: sql.SQL, statement: str, calls: int
) -> _Proposal | None:
    """The best index for a statement; None where none is much of a help."""
    # Planning it runs what it calls on constants, and it is anybody's.
    try:
        question.bounds.require_trusted(statement)
    except CodeOfOthers:
        return None
    role = reader(connection, None)
    if role is not None and unsafe(connection, statement):
        return None
    plan = _plan(connection, statement, role)
    if plan is None:
        return None
    before = float(plan["Total Cost"])
    trials: list[tuple[float, Fact]] = []
    for column in _candidates(plan, question):
        with _hypothetical(connection, hypopg, column) as exists:
            changed = _plan(connection, statement, role) if exists else None
        if changed is not None:
            trials.append((float(changed["Total Cost"]), column))
    if not trials:
        return None
    after, column = min(trials, key=lambda trial: trial[0])
    if after * GAIN > before:
        return None
    return _Proposal(column, statement, calls, before, after)


def _plan(connection: Connection, statement: str, role: str | None) -> Mapping[str, Any] | None:
    """The generic plan of a statement; None where it cannot be planned here."""
    try:
        return generic_plan(connection, statement, role)
    except psycopg.Error:
        return None


def _candidates(plan: Mapping[str, Any], question: Question) -> Iterator[Fact]:
    """The columns of the project's tables that a plan reads from end to end and filters."""
    for node in nodes(plan):
        if node["Node Type"] == "Seq Scan" and "Filter" in node:
            found = question.live.get("table", node["Schema"], node["Relation Name"])
            if found is not None:
                yield from question.live.children(found.identity, "column")[:COLUMNS]


@contextmanager
def _hypothetical(connection: Connection, hypopg: sql.SQL, column: Fact) -> Iterator[bool]:
    """Makes the planner believe in an index on a column; false where there can be none."""
    schema, name, key = column.identity.path
    statement = f"CREATE INDEX ON {qualified(schema, name)} ({identifier(key)})"
    try:
        with connection.transaction():
            create = sql.SQL("SELECT count(*) FROM {}.hypopg_create_index({})")
            connection.execute(create.format(hypopg, sql.Literal(statement)))
    except psycopg.Error:  # a type without an order, such as json
        yield False
        return
    try:
        yield True
    finally:
        connection.execute(sql.SQL("SELECT {}.hypopg_reset()").format(hypopg))


def _observation(proposal: _Proposal, question: Question) -> Observation:
    schema, name, key = proposal.column.identity.path
    found, home = question.live.facts[Identity("table", (schema, name))], question.default_schema
    fix, undo = proposed(question.live, found, f"idx_{name}_{key}", identifier(key))
    about = table(schema, name)
    times = proposal.before / max(proposal.after, 0.01)
    return Observation(
        about,
        f"With an index on {about.label(home)} ({key}) a frequent statement would be about "
        f"{times:,.0f} times cheaper, as the planner sees it.",
        subject=f"{name} ({key})",
        evidence={
            "statement": " ".join(proposal.statement.split())[:500],
            "calls": proposal.calls,
            "estimated cost": f"{proposal.before:,.0f} now, {proposal.after:,.0f} with it",
        },
        fix=(fix,),
        undo=(undo,),
    )


CHECK = ServerCheck(
    id="GNK-P012",
    slug="suggested-index",
    title="No single index would make a frequent statement ten times cheaper",
    category="performance",
    severity=Severity.MEDIUM,
    impact="The statement reads a whole table each time, and more with every row.",
    recommendation="Look at the statement's real plan, then create the index; one with further "
    "columns of its conditions may serve others too.",
    privileges=("membership in pg_monitor", "the extensions hypopg and pg_stat_statements"),
    roles=("pg_monitor",),
    find=find,
)
