"""What the role may do, compared with what each command needs."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from psycopg import sql

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.commands import CHANGING, READING_ROWS
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.run.superusers import roles

_SHOWN = 5


@dataclass(frozen=True)
class Privileges:
    """The columns of privileges.sql: what the role has, and where it lacks something.

    Attributes:
        database: the database's name.
        role: the role's name.
        creates_schemas: CREATE on the database, for the journal's schemas.
        monitors: membership in pg_monitor, to see what other sessions are doing.
        closed_schemas: schemas of the project without CREATE.
        foreign_tables: tables of the project that belong to others, with their owners.
        unreadable_tables: tables of the project without SELECT.
        superusers: roles that are superusers, or may become one.
    """

    database: str
    role: str
    creates_schemas: bool
    monitors: bool
    closed_schemas: Sequence[str]
    foreign_tables: Sequence[tuple[str, str]]
    unreadable_tables: Sequence[str]
    superusers: Collection[str]


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    found = _read(circumstances)
    lacking = [*_to_audit(found), *_to_migrate(found)]
    yield from lacking
    if not lacking:
        yield Diagnosis("ok", f"{found.role} may audit, upgrade and downgrade")
    if not found.monitors:
        yield Diagnosis(
            "warning",
            f"{found.role} does not see what other sessions do, such as who holds a lock, nor how "
            "far standbys are behind, without which a backfill stops where there is one.",
            hint=_statement("GRANT pg_monitor TO {}", found.role),
        )


def _read(circumstances: Circumstances) -> Privileges:
    statement = query("doctor.probes", "privileges")
    settings = circumstances.settings
    row = circumstances.live.execute(statement, {"schemas": list(circumstances.schemas)}).fetchone()
    if row is None:
        raise TypeError("a SELECT without FROM gives a row")
    superusers = [name for name, may in roles(circumstances.live).items() if may]
    found = Privileges(*(*row, superusers))

    def own(table: str) -> bool:
        return not any(fnmatchcase(table, pattern) for pattern in settings.ignore)

    return replace(
        found,
        foreign_tables=[table for table in found.foreign_tables if own(table[0])],
        unreadable_tables=[table for table in found.unreadable_tables if own(table)],
    )


def _to_audit(found: Privileges) -> Iterator[Diagnosis]:
    if found.unreadable_tables:
        yield Diagnosis(
            "failed",
            f"{found.role} may not read every table, as the checks of audit and verify do.",
            _some(found.unreadable_tables),
            f"{_statement('GRANT pg_read_all_data TO {}', found.role)}, or GRANT SELECT on each",
            blocks=READING_ROWS,
        )


def _to_migrate(found: Privileges) -> Iterator[Diagnosis]:
    """To change a table one must own it (PostgreSQL manual, ALTER TABLE)."""
    yield from _of_others(found)
    if found.closed_schemas:
        yield Diagnosis(
            "failed",
            f"{found.role} may not create anything in {', '.join(found.closed_schemas)}, as "
            "upgrade and downgrade need.",
            hint=_statement("GRANT CREATE ON SCHEMA {} TO {}", found.closed_schemas[0], found.role),
        )
    if not found.creates_schemas:
        yield Diagnosis(
            "failed",
            f"{found.role} may not create schemas in {found.database}; upgrade keeps its journal "
            "in one of its own.",
            hint=_statement("GRANT CREATE ON DATABASE {} TO {}", found.database, found.role),
        )


def _of_others(found: Privileges) -> Iterator[Diagnosis]:
    """Tables of owners whose member the role may become, and of those that it never should."""
    of_superusers = [each for each in found.foreign_tables if each[1] in found.superusers]
    others = [each for each in found.foreign_tables if each[1] not in found.superusers]
    if others:
        # Nobody is made a member of PostgreSQL's own roles, of some of which nobody can be.
        owners = sorted({owner for _, owner in others if not owner.startswith("pg_")})
        advice = (
            _statement("GRANT {} TO {}", owners[0], found.role)
            if owners
            else "Give each to another role: ALTER TABLE ... OWNER TO ..."
        )
        yield Diagnosis(
            "failed",
            f"{found.role} is no member of the owner of every table, which upgrade and downgrade "
            "need.",
            _owned(others),
            f"{advice}; gnkmigrate grants shows all that a role for migrating needs.",
        )
    if of_superusers:
        yield Diagnosis(
            "failed",
            f"Tables belong to a superuser, for whom {found.role} should not stand; upgrade and "
            "downgrade need a role that owns them.",
            _owned(of_superusers),
            "Give each to a role that is no superuser: ALTER TABLE ... OWNER TO ...; then "
            "gnkmigrate grants shows all that a role for migrating needs.",
        )


def _owned(tables: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return _some([f"{table}, owned by {owner}" for table, owner in tables])


def _statement(text: str, *names: str) -> str:
    return sql.SQL(text).format(*(sql.Identifier(name) for name in names)).as_string()


def _some(names: Sequence[str]) -> tuple[str, ...]:
    rest = len(names) - _SHOWN
    return (*names[:_SHOWN], *([f"... and {rest} more"] if rest > 0 else []))


PROBE = Probe(60, "privileges", examine, needs_database=True, blocks=CHANGING)
