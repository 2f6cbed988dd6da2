"""A policy that does not say which new rows it allows, or allows all.

Where a policy for UPDATE or ALL has no WITH CHECK, PostgreSQL holds new rows to the USING
expression as well: that is safe, and merely worth knowing, since it is not written down. Where
WITH CHECK is true and USING is not, somebody who may change a row may also give it to somebody
else, or move it out of every policy's reach.

Source: PostgreSQL manual, CREATE POLICY (WITH CHECK).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "policy_without_check"):
        if not is_own(question, row.schema, row.relation):
            continue
        about = DatabaseObject(row.schema, row.relation, row.policy, "policy")
        says = (
            "lets a row that one may change become any other row"
            if row.boundless
            else "says nothing of new rows, so that its USING expression counts for them too"
        )
        yield Observation(
            about,
            f"Policy {about.label(question.home)} {says}.",
            evidence={"using": row.shown, "with check": row.checked},
            severity=Severity.MEDIUM if row.boundless else Severity.INFO,
        )


CHECK = ServerCheck(
    id="GNK-A006",
    slug="policy-without-check",
    title="Every policy says which new rows it allows",
    category="security",
    severity=Severity.MEDIUM,
    impact="Rows can be handed to somebody else, or end where nobody finds them.",
    recommendation="Write WITH CHECK with the expression that new rows must obey, mostly that of "
    "USING.",
    find=find,
)
