"""A table without row security among tables that have it.

Where some tables of a schema show each role only its own rows, a table beside them without row
security shows all of its rows to the same roles. Often it was added later and forgotten. A table
that is only read may well be meant for everybody (a list of countries), so reading alone is a
finding of lower severity. Schemas without any row security are another design and no finding.
Enabled without policies, it would hide all rows from those roles; which policies are right only
its owners know.

Of a target it says what its grants would open, which are the database's where it says nothing of
them.

Sources: PostgreSQL manual, 5.9 (row security policies); pg_class.relrowsecurity, relacl.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from gnkmigrate.audit.check import Declared, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._reach import Reach
from gnkmigrate.audit.checks._server import answers, is_own, table
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "row_security_off"):
        if not is_own(question, row.schema, row.relation):
            continue
        about = table(row.schema, row.relation)
        yield _observation(about, row.roles, row.privileges, question.default_schema)


def declared(of: Declared) -> Iterator[Observation]:
    reach, tables = Reach(of.snapshot, of.roles), of.snapshot.of_kind("table")
    restricted = {
        (each.identity.path[0], role)
        for each in tables
        if each.value("row_security")
        for role in reach.restricted(each)
    }
    for each in tables if restricted else ():
        schema, name = each.identity.path
        if not each.value("row_security"):
            held = reach.restricted(each)
            found = {role: held[role] for role in held if (schema, role) in restricted}
            if found:
                privileges = sorted({*chain(*found.values())})
                yield _observation(
                    table(schema, name), sorted(found), privileges, of.default_schema
                )


def _observation(
    about: DatabaseObject, roles: Sequence[str], privileges: Sequence[str], home: str
) -> Observation:
    return Observation(
        about,
        f"Table {about.label(home)} has no row security, unlike others of its schema, "
        f"and is open to roles that those restrict.",
        evidence={"roles": roles, "privileges": privileges},
        severity=Severity.LOW if {*privileges} == {"SELECT"} else Severity.MEDIUM,
    )


CHECK = ServerCheck(
    id="GNK-A001",
    slug="row-security-off",
    title="Where tables have row security, all that the same roles reach have it",
    category="security",
    severity=Severity.MEDIUM,
    impact="Roles that are kept to their own rows elsewhere see, or change, every row of it.",
    recommendation="Create policies for it and enable row security, in this order; or take the "
    "privileges away from those roles.",
    find=find,
    declared=declared,
)
