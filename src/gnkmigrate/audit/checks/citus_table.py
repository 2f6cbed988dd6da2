"""A table that Citus keeps in shards, on other servers too.

Nothing is wrong with it. What can be done with it is less: unique constraints have to include the
column of distribution, whose type stays as it is, triggers are refused, and phases that give the
table another shape are refused before they begin.

Sources: Citus manual, Citus Tables and Views (pg_dist_partition); Creating and Modifying
Distributed Tables.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import is_own, table
from gnkmigrate.audit.finding import Severity
from gnkmigrate.postgres import citus
from gnkmigrate.postgres.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for each in citus.tables(connection):
        if each.elsewhere and is_own(question, each.schema, each.name):
            about = table(each.schema, each.name)
            yield Observation(about, f"{each.schema}.{each.name} is {each.words} (Citus).")


CHECK = ServerCheck(
    id="GNK-O012",
    slug="citus-table",
    title="Every table is on this server alone",
    category="operations",
    severity=Severity.INFO,
    impact="Phases that give the table another shape are refused, as are triggers on it.",
    recommendation="Nothing has to be done. docs/citus.md tells how such tables are changed.",
    find=find,
)
