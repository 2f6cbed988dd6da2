"""Policies on a table whose row security is off.

CREATE POLICY does not enable row security: until ALTER TABLE ... ENABLE ROW LEVEL SECURITY the
policies stand in the catalog and do nothing, and the table looks protected to whoever reads them.

Sources: PostgreSQL manual, 5.9 (row security policies), CREATE POLICY; pg_policy.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, table
from gnkmigrate.audit.finding import Severity
from gnkmigrate.connection import Connection
from gnkmigrate.postgres.quoting import qualified


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "policies_without_row_security"):
        if not is_own(question, row.schema, row.relation):
            continue
        about = table(row.schema, row.relation)
        count = len(row.policies)
        policies = "a policy that does" if count == 1 else f"{count} policies that do"
        yield Observation(
            about,
            f"Table {about.label(question.home)} has {policies} nothing: its row security is off.",
            evidence={"policies": row.policies},
            fix=(f"ALTER TABLE {qualified(row.schema, row.relation)} ENABLE ROW LEVEL SECURITY",),
            undo=(f"ALTER TABLE {qualified(row.schema, row.relation)} DISABLE ROW LEVEL SECURITY",),
        )


CHECK = ServerCheck(
    id="GNK-A002",
    slug="policies-without-row-security",
    title="Row security is on wherever there are policies",
    category="security",
    severity=Severity.HIGH,
    impact="Every role with a privilege on the table reaches all rows, whatever the policies say.",
    recommendation="Enable row security once the policies let through all that the application "
    "needs; or drop them.",
    find=find,
)
