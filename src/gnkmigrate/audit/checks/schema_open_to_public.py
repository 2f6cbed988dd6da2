"""A schema in which everybody may create objects.

Whoever may create a function or a table in a schema that others search can make their statements
call it, with their privileges. Up to PostgreSQL 14 the schema public of every new database was
open in this way, and an upgrade keeps it so.

Sources: PostgreSQL manual, 5.9.6 (schema usage patterns), release notes of 15; pg_namespace.nspacl.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._public import opened
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    for schema, held in opened(snapshot, "schema"):
        creating = [each for each in held if each.name == "CREATE"]
        name = schema.identity.name
        if creating:
            by_owner = any(each.by_owner for each in creating)
            yield Observation(
                DatabaseObject("", "", name, "schema"),
                f"Everybody who can connect may create objects in schema {name}.",
                fix=(f"REVOKE CREATE ON SCHEMA {identifier(name)} FROM PUBLIC",) * by_owner,
                undo=(f"GRANT CREATE ON SCHEMA {identifier(name)} TO PUBLIC",) * by_owner,
            )


CHECK = StructureCheck(
    id="GNK-A008",
    slug="schema-open-to-public",
    title="Not everybody may create objects in the project's schemas",
    category="security",
    severity=Severity.MEDIUM,
    impact="Any role can plant a function or table that others then call with their privileges.",
    recommendation="Grant CREATE to the roles that run migrations, then revoke it from PUBLIC.",
    find=find,
)
