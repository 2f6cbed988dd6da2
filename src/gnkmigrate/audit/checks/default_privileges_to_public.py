"""Default privileges that open coming objects to PUBLIC.

ALTER DEFAULT PRIVILEGES ... TO PUBLIC opens every table or sequence that a role will ever create,
without anybody deciding about it when it is created. What exists already shows in its own grants.

Sources: PostgreSQL manual, ALTER DEFAULT PRIVILEGES; pg_default_acl.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._public import held
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier

# Functions and types are left out: PUBLIC has them by PostgreSQL's own default.
_OBJECTS = frozenset({"TABLES", "SEQUENCES", "SCHEMAS"})


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    for given in snapshot.of_kind("default privileges"):
        names = [each.name for each in held(given)]
        if names and given.value("objects") in _OBJECTS:
            yield _observed(given, names)


def _observed(given: Fact, names: list[str]) -> Observation:
    schema, role, type_ = (given.value(key) for key in ("schema", "role", "objects"))
    about = DatabaseObject("", "", schema, "schema") if schema else DatabaseObject()
    where = f" in schema {schema}" if schema else ""
    # A target may leave it to whoever runs it, whose name is not known.
    who = f"role {role} creates" if role else "whoever runs the migrations creates"
    begin = "ALTER DEFAULT PRIVILEGES "
    begin += f"FOR ROLE {identifier(role)} " if role else ""
    begin += f"IN SCHEMA {identifier(schema)} " if schema else ""
    what = f"{', '.join(names)} ON {type_}"
    return Observation(
        about,
        f"What {who} of {type_.lower()}{where} is open to everybody: {', '.join(names)}.",
        subject=" ".join(filter(None, (schema, role, type_))),
        fix=(f"{begin}REVOKE {what} FROM PUBLIC",),
        undo=(f"{begin}GRANT {what} TO PUBLIC",),
        severity=Severity.LOW if {*names} <= {"SELECT", "USAGE"} else Severity.MEDIUM,
    )


CHECK = StructureCheck(
    id="GNK-A009",
    slug="default-privileges-to-public",
    title="Coming tables and sequences are not open to PUBLIC",
    category="security",
    severity=Severity.MEDIUM,
    impact="Every table that is created from now on is open to whoever can connect.",
    recommendation="Give the default privileges to the roles that need them.",
    find=find,
)
