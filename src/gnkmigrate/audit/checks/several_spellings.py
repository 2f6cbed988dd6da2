"""Labels of a text column that are one but for case and spaces.

A state that is stored as done, Done and 'done ' is three to every query that asks for one of them,
and counts are wrong without anybody noticing. Looked at are columns of a few labels, as the last
ANALYZE found them; values are never shown. Single letters are left out, where case may mean
something.

Sources: PostgreSQL manual, 5.5.1 (check constraints), 8.7 (enumerated types); pg_stats.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, require_statistics
from gnkmigrate.audit.checks._style import columns_of_type
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier, qualified

LABELS = 50  # more are no list of states
# Autovacuum leaves tables of a few rows alone.
SIZE = 64 * 1024  # bytes


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    found = False
    for row in answers(connection, question, "several_spellings", labels=LABELS):
        if not is_own(question, row.schema, row.relation):
            continue
        found = True
        about = DatabaseObject(row.schema, row.relation, row.name, "column")
        label = about.label(question.default_schema)
        name, table = identifier(row.name), qualified(row.schema, row.relation)
        yield Observation(
            about,
            f"{row.spellings} of the {row.known} labels of {label} are one with another but for "
            "case or spaces.",
            evidence={
                "query": f"SELECT lower(btrim({name})) AS label, count(DISTINCT {name})\n"
                f"FROM {table}\nGROUP BY 1\nHAVING count(DISTINCT {name}) > 1"
            },
        )
    if not found:
        texts = columns_of_type(question.live, "text", "character varying")
        require_statistics(connection, question, texts, size=SIZE)


CHECK = ServerCheck(
    id="GNK-S055",
    slug="several-spellings",
    title="Every label has one spelling",
    category="structure",
    severity=Severity.LOW,
    impact="Queries that ask for one spelling miss the rows of the others.",
    recommendation="Bring the rows to one spelling, and keep it by a CHECK or a table of labels.",
    privileges=("SELECT on the tables, else their statistics are hidden",),
    find=find,
)
