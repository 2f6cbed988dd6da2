"""A sequence that is running out of numbers, or whose column is.

A sequence of the type bigint helps nothing where its column is an integer: then the column's limit
is the end. Counted is how much of the way from the first number to the last is used. Sequences
that begin anew at their end are left out.

Sources: PostgreSQL manual, CREATE SEQUENCE, 8.1.4 (serial types); pg_sequences, pg_depend.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection

SHARE = 50  # percent of the numbers used
SEVERE = 80
DIRE = 95


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "sequence_near_end", share=SHARE):
        severity = Severity.MEDIUM
        if row.share >= SEVERE:
            severity = Severity.CRITICAL if row.share >= DIRE else Severity.HIGH
        about = DatabaseObject(row.schema, "", row.sequence, "sequence")
        yield Observation(
            about,
            f"Sequence {about.label(question.home)} has used {row.share} of 100 of its numbers.",
            evidence={"last number": row.last, "the end": row.end, "column": row.column or "none"},
            severity=severity,
        )


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
