"""Code of others that would run with the rights of whoever migrates.

A trigger, a default, a check of a table or of a domain, an index on an expression and an event
trigger run as the role whose statement sets them off (PostgreSQL manual, 38.1 and CREATE FUNCTION,
SECURITY INVOKER). Where their function belongs to a role with fewer rights, that role decides what
a superuser does. What such a function calls in turn is in its text, which nobody can read for sure.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from psycopg import sql

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.run.names import quoted
from gnkmigrate.run.names_in_sql import mentioned

if TYPE_CHECKING:  # who reads revisions loads Alembic
    from gnkmigrate.run.phase import Phase
    from gnkmigrate.run.step import Step

# Views that read them or make values of these types, what they inherit to, and what reads these,
# each with the name of what is read in the end.
_READERS = """
WITH RECURSIVE reader (oid, named) AS (
    (
        SELECT oid, relname FROM pg_catalog.pg_class
        WHERE relname = ANY (%(names)s) AND relkind IN ('r', 'p', 'f', 'm', 'v')
        UNION
        SELECT ev_class, typname
        FROM pg_catalog.pg_type
        JOIN pg_catalog.pg_depend ON refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
            AND refobjid = pg_type.oid AND classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
        JOIN pg_catalog.pg_rewrite ON pg_rewrite.oid = objid AND ev_type = '1'
        WHERE typname = ANY (%(names)s)
    )
    UNION
    SELECT above.oid, named
    FROM reader
    CROSS JOIN LATERAL (
        SELECT ev_class
        FROM pg_catalog.pg_depend
        JOIN pg_catalog.pg_rewrite ON pg_rewrite.oid = objid AND ev_type = '1'
        WHERE refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND refobjid = reader.oid
          AND classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
        UNION ALL
        SELECT inhparent FROM pg_catalog.pg_inherits WHERE inhrelid = reader.oid
    ) AS above (oid)
)
SELECT relname, min(named) FROM reader JOIN pg_catalog.pg_class USING (oid) GROUP BY relname
"""


class CodeNotTrusted(PhaseRefused):
    """Code of roles with fewer rights would run, and nobody has said that it may."""


_RUNNING = frozenset({"reading", "comparing", "changing", "mistaking"})
# By these a text may come at tables that it does not name.
_ANYTHING = frozenset({"do", "call", "execute"})
_TABLES = """
SELECT pg_catalog.quote_ident(nspname) || '.' || pg_catalog.quote_ident(relname)
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'f', 'v', 'm') AND nspname !~ '^(pg_|information_schema$)'
  AND (%(all)s OR relname = ANY (%(names)s))
"""

# PostgreSQL's own roles (pg_...) log in nowhere, and what others do as members is theirs.
_ANYBODY_ELSE = """
SELECT EXISTS (SELECT FROM pg_catalog.pg_roles
               WHERE NOT rolsuper AND rolname <> current_user AND rolname !~ '^pg_')
"""


def of_phases(connection: Connection, phases: "Iterable[Phase]") -> Sequence[str]:
    """The tables that phases touch, each quoted."""
    steps = [step for phase in phases for step in (*phase.up_steps, *phase.down_steps)]
    return of_steps(connection, steps)


def of_steps(connection: Connection, steps: "Iterable[Step]") -> Sequence[str]:
    """The tables that steps touch, each quoted.

    Of SQL that does not say, those that it names; all, where it may come at others by DO, CALL or
    EXECUTE.
    """
    said: set[str] = set()
    named: set[str] = set()
    for step in steps:
        said |= {quoted(table) for table in step.tables}
        named |= mentioned(step.unsaid)
    if not _ANYTHING.isdisjoint(named):
        said |= {*all_tables(connection)}
    elif named:
        said |= {*_tables(connection, named)}
    return sorted(said)


def all_tables(connection: Connection) -> Sequence[str]:
    """All tables and views of the database but PostgreSQL's own, each quoted."""
    return _tables(connection, None)


def _tables(connection: Connection, names: Iterable[str] | None) -> Sequence[str]:
    asked = {"all": names is None, "names": sorted(names or ())}
    return [str(name) for (name,) in connection.execute(_TABLES, asked).fetchall()]


def looked_up(
    connection: Connection,
    tables: Sequence[str],
    schemas: Sequence[str] = (),
    *,
    writers: bool = False,
) -> Sequence[tuple[str, str, str]]:
    """Each line of what there is, with a name and an occasion, as foreign_code.sql says."""
    given = {"tables": list(tables), "schemas": list(schemas), "writers": writers}
    return connection.execute(query("run.sql", "foreign_code"), given).fetchall()


def foreign_code(
    connection: Connection, tables: Sequence[str], schemas: Sequence[str] = ()
) -> tuple[str, ...]:
    """What would run with the session's rights and belongs to a role that lacks them.

    Args:
        connection: the session; the rights that count are those of its current_user.
        tables: those that will be written or changed, quoted; event triggers come with any.
        schemas: those in which a revision's own SQL looks for names.

    Returns:
        A line each, as "trigger a on table b: function c() of d".
    """
    rows = looked_up(connection, tables, schemas)
    return tuple(sorted({line for line, _, occasion in rows if occasion in _RUNNING}))


def relations_of_others(
    connection: Connection, tables: Sequence[str], *, comparing: bool = False
) -> Mapping[str, str]:
    """Relations of which even a SELECT is planned or run with such code, by their names alone.

    PostgreSQL plans a query with the expressions of a table's indexes and statistics.

    Args:
        connection: the session.
        tables: those that may be read, quoted, with all that inherits from them.
        comparing: whether their values are also cast, or held against a constraint that nothing
            has checked yet. Then names of types are among the result, too.

    Returns:
        For each name, in whatever schema it is, the first line of what would run; a view has what
        is said of a table that it reads.
    """
    occasions = {"reading", "comparing"} if comparing else {"reading"}
    named: dict[str, str] = {}
    for line, name, occasion in looked_up(connection, tables, ()):
        if occasion in occasions:
            named.setdefault(name, line)
    rows = connection.execute(_READERS, {"names": list(named)}).fetchall() if named else ()
    return {**{above: named[name] for above, name in rows}, **named}


def calls_of_others(connection: Connection) -> Mapping[str, str]:
    """What no expression of others is to call with the session's rights.

    Args:
        connection: the session.

    Returns:
        For each function and operator, as "schema.name" without quotes, what it is: those of roles
        with fewer rights, and those that run SQL from a text or are not for everybody.
    """
    rows = looked_up(connection, (), ())
    return {name: line for line, name, occasion in rows if occasion in {"calling", "powerful"}}


def require_trust_to_read(connection: Connection, tables: Sequence[str], *, trusted: bool) -> None:
    """Refuses to read tables whose indexes and the like have such code; see require_trust.

    Raises:
        PhaseRefused: there is some.
    """
    found = {} if trusted else relations_of_others(connection, tables)
    if found:
        raise PhaseRefused(
            "Reading some tables would run code of roles with fewer rights with those of role "
            f"{role_of(connection)}; nothing was read.",
            details=sorted({*found.values()}),
            hint="Connect as the owner of the tables, if that is no superuser. Or read these "
            "functions, then add --trust-triggers.",
        )


def role_of(connection: Connection) -> str:
    """The session's role, quoted."""
    row = connection.execute("SELECT current_user").fetchone() or ("",)
    return sql.Identifier(row[0]).as_string()


def require_trust(
    connection: Connection, tables: Sequence[str], schemas: Sequence[str], *, trusted: bool
) -> None:
    """Refuses `foreign_code` that the user has not seen and allowed.

    Raises:
        CodeNotTrusted: there is some.
    """
    # Each step asks; where there is nobody else the answer is known at once.
    if not trusted and connection.execute(_ANYBODY_ELSE).fetchall() != [(False,)]:
        require_no_code(connection, foreign_code(connection, tables, schemas))


def require_no_code(connection: Connection, found: Sequence[str]) -> None:
    """Refuses what `foreign_code` has found.

    Raises:
        CodeNotTrusted: there is some.
    """
    if not found:
        return
    raise CodeNotTrusted(
        f"Code of roles with fewer rights would run with those of role {role_of(connection)}; "
        "nothing was changed.",
        details=found,
        hint="Connect as the owner of the tables, if that is no superuser. Or read these "
        "functions, then add --trust-triggers (for Alembic: GNKMIGRATE_TRUST_TRIGGERS=true).",
    )
