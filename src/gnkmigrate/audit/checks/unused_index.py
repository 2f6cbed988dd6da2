"""An index that no statement has used for a month.

Counters tell how often an index was read since statistics were reset, on this server only: a
standby counts for itself, and a yearly report needs its index once a year. Below thirty days of
counting the check does not run. Unique indexes, those behind constraints or replication, those
that serve a foreign key, and those under 1 MB are left alone.

Sources: PostgreSQL manual, 28.2.23 (pg_stat_all_indexes), 11.12 (examining index usage).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import CannotRun, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._access import accesses
from gnkmigrate.audit.checks._rows import beside
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.fact import Identity
from gnkmigrate.postgres.connection import Connection

DAYS = 30
SIZE = 1024 * 1024  # bytes


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    age = connection.execute(beside("unused_index_age").encode()).fetchone()
    if age is None or age[0] < DAYS:
        raise CannotRun(f"the statistics have been collected for less than {DAYS} days")
    for row in answers(connection, question, "unused_index", size=SIZE):
        table = Identity("table", (row.schema, row.relation))
        offered = accesses(question.live, table)
        access = next((each for each in offered if each.name == row.index), None)
        if access is None:
            continue
        about = DatabaseObject(row.schema, row.relation, row.index, "index")
        label = about.label(question.default_schema)
        yield Observation(
            about,
            f"Index {label} has not been used since statistics are collected.",
            evidence={"size": row.pretty, "days of statistics": int(age[0])},
            fix=(access.drop,),
            undo=access.again(question.live),
        )


CHECK = ServerCheck(
    id="GNK-P010",
    slug="unused-index",
    title="Every index is used",
    category="performance",
    severity=Severity.LOW,
    impact="Every write keeps it up to date, and it takes room in the cache and in backups.",
    recommendation="Ask the standbys too, and whoever runs yearly reports; then drop it.",
    find=find,
)
