"""A sequence that will give a number which its column already has.

After rows were copied in with their numbers (COPY, a restore, replication of rows alone), the
sequence does not know of them: the next INSERT takes a number that is there already and fails, and
each further one, until the sequence has caught up. The largest value is read by the column's
index; columns without one are left out.

Sources: PostgreSQL manual, 9.17 (sequence functions: setval), 8.1.4 (serial types); pg_depend.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from gnkmigrate.audit.check import CannotRun, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._rows import beside
from gnkmigrate.audit.checks._server import answers, is_own, listed, union
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import literal, qualified


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    rows = answers(connection, question, "sequence_columns")
    own = [row for row in rows if is_own(question, row.schema, row.relation)]
    closed = listed(f"{row.schema}.{row.relation}" for row in own if not row.readable)
    unread = {"not examined": closed} if closed else {}
    found = False
    for state in _states(connection, [row for row in own if row.readable]):
        if state.highest is None or state.following > state.highest:
            continue
        found = True
        about = DatabaseObject(state.row.schema, state.row.relation, state.row.column, "column")
        name = literal(qualified(state.row.sequence_schema, state.row.sequence))
        label = about.label(question.default_schema)
        yield Observation(
            about,
            f"The next number for {label} is {state.following:,}, and "
            f"{state.highest:,} is there already.",
            evidence={
                "sequence": f"{state.row.sequence_schema}.{state.row.sequence}",
                "highest": state.highest,
                **unread,
            },
            fix=(f"SELECT setval({name}, {state.highest})",),
            undo=(f"SELECT setval({name}, {state.following}, false)",),
        )
    if closed and not found:
        raise CannotRun(f"the role may not read all of {', '.join(closed)}")


@dataclass(frozen=True)
class _State:
    """A sequence beside its column.

    Attributes:
        row: which they are (sequence_columns.sql).
        highest: the column's highest value; None without rows.
        following: the number that the sequence gives next.
    """

    row: Any
    highest: int | None
    following: int


def _states(connection: Connection, rows: list[Any]) -> Iterator[_State]:
    """How far each sequence and its column are."""
    template = sql.SQL(beside("sequence_behind"))
    parts = [
        template.format(
            number=sql.Literal(number),
            column=sql.Identifier(row.column),
            relation=sql.Identifier(row.schema, row.relation),
            increment=sql.Literal(row.increment),
            sequence=sql.Identifier(row.sequence_schema, row.sequence),
        )
        for number, row in enumerate(rows)
    ]
    for number, highest, following in union(connection, parts):
        yield _State(rows[number], highest, following)


CHECK = ServerCheck(
    id="GNK-O011",
    slug="sequence-behind",
    title="Every sequence is ahead of its column",
    category="operations",
    severity=Severity.HIGH,
    impact="The next INSERT fails with a duplicate key, or two rows have one number.",
    recommendation="Set the sequence to the highest value while nobody inserts.",
    privileges=("SELECT on the tables and sequences concerned",),
    find=find,
    asks_rows=True,
)
