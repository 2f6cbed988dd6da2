"""A sequence that is running out of numbers, or whose column is.

A sequence of the type bigint helps nothing where its column is an integer: then the column's limit
is the end. Counted is how much of the way from the first number to the last is used, and, where the
database's statistics are a day old or more, when the rest is gone at the rate of the rows inserted
since then. Sequences that end within a year are found whatever they have used, and those that begin
anew at their end are left out.

Sources: PostgreSQL manual, CREATE SEQUENCE, 8.1.4 (serial types); pg_sequences, pg_depend,
pg_stat_user_tables, pg_stat_database (stats_reset).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection

SHARE = 50  # percent of the numbers used
SEVERE = 80
DIRE = 95
LEAST_S = 24 * 60 * 60  # of statistics, before there is a rate
SOON, VERY_SOON = 365, 90  # days


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    given = {"share": SHARE, "least": LEAST_S, "soon": SOON}
    for row in answers(connection, question, "sequence_near_end", **given):
        ends = "" if row.ends is None else f", and ends about {row.ends} at the present rate"
        about = DatabaseObject(row.schema, "", row.sequence, "sequence")
        yield Observation(
            about,
            f"Sequence {about.label(question.home)} has used {row.share} of 100 of its "
            f"numbers{ends}.",
            evidence={"last number": row.last, "the end": row.end, "column": row.column or "none"},
            severity=_severity(row.share, row.days_left),
        )


def _severity(share: int, days: float | None) -> Severity:
    if share >= DIRE:
        return Severity.CRITICAL
    soon = days is not None and days <= VERY_SOON
    return Severity.HIGH if share >= SEVERE or soon else Severity.MEDIUM


CHECK = ServerCheck(
    id="GNK-O010",
    slug="sequence-near-end",
    title="No sequence has used half of its numbers",
    category="operations",
    severity=Severity.MEDIUM,
    impact="At its end every INSERT that takes a number fails.",
    recommendation="Make the column, every column that refers to it, and the sequence bigint "
    "before it is urgent.",
    privileges=("USAGE or SELECT on the sequences",),
    find=find,
)
