"""Row security that does not bind those who own the table, where they can log in.

Policies do not apply to a table's owner, nor to members of the owning role, unless row security
is forced. An application that connects as the role that made its tables is bound by no policy.
Superusers and roles with BYPASSRLS are never bound and are not counted here. Where no policy lets
the owner read, forcing would hide all rows from it, and no fix is proposed. Of a target it says
so where the owner is known: from the target, or from the database where it says nothing of owners.

Sources: PostgreSQL manual, 5.9 (row security policies), ALTER TABLE (FORCE ROW LEVEL SECURITY);
pg_class.relforcerowsecurity, pg_roles.
"""

from collections.abc import Iterator
from dataclasses import replace

from gnkmigrate.audit.check import Declared, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._policies import lets_see
from gnkmigrate.audit.checks._reach import Reach
from gnkmigrate.audit.checks._server import answers, is_own, listed, table
from gnkmigrate.audit.describe import relation_of
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier, qualified


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "row_security_not_forced"):
        if not is_own(question, row.schema, row.relation):
            continue
        found = relation_of(question.live, row.schema, row.relation)
        policies = question.live.children(found.identity, "policy") if found else ()
        complete = lets_see(policies, identifier(row.owner))
        about = table(row.schema, row.relation)
        alter = f"ALTER TABLE {qualified(row.schema, row.relation)}"
        yield replace(
            _observation(about, row.owner, row.roles, question.default_schema),
            fix=(f"{alter} FORCE ROW LEVEL SECURITY",) if complete else (),
            undo=(f"{alter} NO FORCE ROW LEVEL SECURITY",) if complete else (),
        )


def declared(of: Declared) -> Iterator[Observation]:
    reach = Reach(of.snapshot, of.roles)
    for each in of.snapshot.of_kind("table"):
        off = not each.value("row_security") or each.value("row_security_forced")
        if off or not of.snapshot.children(each.identity, "policy"):
            continue
        owner = reach.owner(each)
        roles = of.roles.logins_as(owner) if owner else []
        if roles:
            yield _observation(table(*each.identity.path), owner, roles, of.default_schema)


def _observation(about: DatabaseObject, owner: str, roles: list[str], home: str) -> Observation:
    return Observation(
        about,
        f"The policies of table {about.label(home)} do not bind its owner {owner}, as whom one "
        "can log in.",
        evidence={"not bound": listed(roles)},
    )


CHECK = ServerCheck(
    id="GNK-A004",
    slug="row-security-not-forced",
    title="Policies bind whoever can log in as the owner",
    category="security",
    severity=Severity.LOW,
    impact="If the application connects as this role, its policies protect nothing.",
    recommendation="Let the application connect as a role that owns no table, or force row "
    "security.",
    find=find,
    declared=declared,
)
