"""A policy for everybody that lets everything through.

Permissive policies are joined by OR, so one that is always true makes the others void. For
everybody (PUBLIC) to change rows at will is what row security is there to prevent. A policy by
which everybody reads all rows is common and no finding, unless other policies for reading stand
beside it. A restrictive policy may still narrow what it allows; then it is no finding either.

Sources: PostgreSQL manual, CREATE POLICY; pg_policy, pg_get_expr.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "policy_always_true"):
        if not is_own(question, row.schema, row.relation):
            continue
        about = DatabaseObject(row.schema, row.relation, row.policy, "policy")
        what = "change" if row.writes else "see"
        others = f", which makes {', '.join(row.others)} void" if row.others else ""
        yield Observation(
            about,
            f"Policy {about.label(question.home)} lets everybody {what} every row{others}.",
            evidence={"command": row.command, "using": row.shown, "with check": row.checked},
            severity=Severity.MEDIUM if row.writes else Severity.LOW,
        )


CHECK = ServerCheck(
    id="GNK-A005",
    slug="policy-always-true",
    title="No policy for everybody is always true",
    category="security",
    severity=Severity.MEDIUM,
    impact="Row security looks switched on and holds nobody back.",
    recommendation="Name the roles that it is for (TO role), or say which rows are meant.",
    find=find,
)
