"""Row security without any policy, on a table that is granted to others than its owner.

Without a policy nothing is allowed: the roles that the table is granted to see no row and cannot
add one, without any error on reading. It may be on purpose, to lock everybody but the owner out;
then revoking the privileges says so more plainly. Of a target its grants are asked, or the
database's where it says nothing of them.

Sources: PostgreSQL manual, 5.9 (row security policies: default deny); pg_class, pg_policy.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.audit.check import Declared, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._reach import Reach
from gnkmigrate.audit.checks._server import answers, is_own, table
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "row_security_without_policy"):
        if not is_own(question, row.schema, row.relation):
            continue
        yield _observation(table(row.schema, row.relation), row.roles, question.default_schema)


def declared(of: Declared) -> Iterator[Observation]:
    reach = Reach(of.snapshot, of.roles)
    for each in of.snapshot.of_kind("table"):
        if each.value("row_security") and not of.snapshot.children(each.identity, "policy"):
            roles = sorted(reach.bound(each))
            if roles:
                yield _observation(table(*each.identity.path), roles, of.default_schema)


def _observation(about: DatabaseObject, roles: Sequence[str], home: str) -> Observation:
    return Observation(
        about,
        f"Table {about.label(home)} has row security and no policy: to all but its owner it is "
        "empty.",
        evidence={"granted to": roles},
    )


CHECK = ServerCheck(
    id="GNK-A003",
    slug="row-security-without-policy",
    title="Every table with row security has a policy",
    category="security",
    severity=Severity.LOW,
    impact="Roles that were given the table find no row in it, and no error tells them why.",
    recommendation="Create the policies that the roles need, or revoke their privileges.",
    find=find,
    declared=declared,
)
