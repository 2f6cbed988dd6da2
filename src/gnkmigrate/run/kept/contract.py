"""The end of the way back: archives, views of the old shape and triggers are removed for good.

Nothing else ever removes them. The journal stays, and remembers that the phases done until now
can no longer be undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from gnkmigrate import own_objects
from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import (
    events,
    foreign_code,
    journal,
    journal_notes,
    journal_schema,
    ownership,
    runner_session,
)
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.status import Request, status, undone
from gnkmigrate.run.work import Work
from gnkmigrate.settings import Settings
from gnkmigrate.text.numbers import counted

# What there is to remove: a kind for the reader, a name, rows where it has rows, the statement.
_REMAINS = f"""
SELECT 'view' AS kind, format('%%I.%%I', nspname, relname) AS name, NULL::bigint AS rows,
       format('DROP VIEW %%I.%%I', nspname, relname) AS statement, 1 AS place
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE pg_namespace.oid IN ({own_objects.LEGACY_OIDS}) AND relkind = 'v'
UNION ALL
SELECT 'trigger', format('%%I on %%s', tgname, tgrelid::regclass), NULL,
       format('DROP TRIGGER %%I ON %%s', tgname, tgrelid::regclass), 2
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_class ON pg_class.oid = tgrelid
WHERE pronamespace = to_regnamespace('{own_objects.JOURNAL}')
  AND tgparentid = 0  -- those of partitions go with their table's
  AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname = ANY (%(own)s))
UNION ALL
SELECT 'index', format('%%I.%%I', nspname, relname), NULL,
       format('DROP INDEX %%I.%%I', nspname, relname), 2
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'i' AND nspname <> ALL (%(own)s)
  AND EXISTS (SELECT FROM pg_depend JOIN pg_proc ON pg_proc.oid = refobjid
              WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
                AND refclassid = 'pg_proc'::regclass
                AND pronamespace = to_regnamespace('{own_objects.JOURNAL}'))
UNION ALL
SELECT 'foreign key', format('%%I on %%s', conname, conrelid::regclass), NULL,
       format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname), 3
FROM pg_constraint JOIN pg_class ON pg_class.oid = confrelid
WHERE contype = 'f' AND relnamespace = to_regnamespace('{own_objects.ARCHIVE}')
  AND (conrelid, conkey[1]) IN ({own_objects.KEPT_COLUMNS})
UNION ALL
SELECT 'column', format('%%I.%%I.%%I', nspname, relname, attname), NULL,
       format('ALTER TABLE %%I.%%I DROP COLUMN %%I', nspname, relname, attname), 4
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE (attrelid, attnum) IN ({own_objects.KEPT_COLUMNS})
UNION ALL
SELECT 'table', format('%%I.%%I', nspname, relname), greatest(reltuples, 0)::bigint,
       format('DROP TABLE %%I.%%I', nspname, relname), 4
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname IN ('{own_objects.ARCHIVE}', '{own_objects.STAGING}') AND relkind = 'r'
UNION ALL
SELECT 'type', format('%%I.%%I', nspname, typname), NULL,
       format('DROP TYPE %%I.%%I', nspname, typname), 6
FROM pg_type JOIN pg_namespace ON pg_namespace.oid = typnamespace
WHERE (nspname = '{own_objects.ARCHIVE}' OR pg_namespace.oid IN ({own_objects.LEGACY_OIDS}))
  AND typtype = 'e'
UNION ALL
SELECT 'function', pg_proc.oid::regprocedure::text, NULL,
       format('DROP FUNCTION %%s', pg_proc.oid::regprocedure),
       -- A column's default calls functions whose bodies are text; the others may name a column.
       CASE WHEN prosqlbody IS NULL THEN 5 ELSE 3 END
FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE nspname = '{own_objects.JOURNAL}'
UNION ALL
SELECT 'spilled rows', 'gnkmigrate.overflow', (SELECT count(*) FROM gnkmigrate.overflow),
       'DELETE FROM gnkmigrate.overflow', 7
ORDER BY place, name
"""


# What others have put on views and tables that go; what is in our schemas goes along.
_HANGING = f"""
SELECT DISTINCT format('%%s uses %%s',
    CASE WHEN rulename = '_RETURN' THEN pg_describe_object('pg_class'::regclass, ev_class, 0)
         ELSE pg_describe_object(classid, objid, 0) END,
    pg_describe_object('pg_class'::regclass, going.oid, 0))
FROM pg_class AS going
JOIN pg_namespace ON pg_namespace.oid = going.relnamespace
JOIN pg_depend ON (refclassid, refobjid) IN (('pg_class'::regclass, going.oid),
                                             ('pg_type'::regclass, going.reltype))
LEFT JOIN pg_rewrite ON classid = 'pg_rewrite'::regclass AND pg_rewrite.oid = objid
LEFT JOIN pg_class AS view ON view.oid = ev_class
LEFT JOIN pg_proc ON classid = 'pg_proc'::regclass AND pg_proc.oid = objid
WHERE (nspname = '{own_objects.ARCHIVE}' OR pg_namespace.oid IN ({own_objects.LEGACY_OIDS}))
  AND going.relkind IN ('r', 'v') AND deptype = 'n'
  AND coalesce(view.relnamespace, pronamespace) NOT IN (
      SELECT oid FROM pg_namespace WHERE nspname = ANY (%(own)s))
ORDER BY 1
"""


_SPILLED = """
SELECT relation, reason, count(*) FROM gnkmigrate.overflow
GROUP BY relation, reason ORDER BY relation, reason
"""


@dataclass(frozen=True)
class Remnant:
    """One thing of the old shape that contract removes.

    Attributes:
        kind: "view", "trigger", "index", "foreign key", "column", "table", "type", "function" or
            "spilled rows".
        rows: how many it holds (a table's are estimated); None where it holds none.
        statement: the SQL that removes it.
    """

    kind: str
    name: str
    rows: int | None
    statement: str


def remnants(connection: Connection) -> Sequence[Remnant]:
    """What contract would remove from this database."""
    if not journal_schema.exists(connection):
        return ()
    given = {"own": own_objects.schemas(connection)}
    rows = connection.execute(_REMAINS.encode(), given).fetchall()
    found = [Remnant(*row[:4]) for row in rows]
    return [remnant for remnant in found if remnant.rows != 0 or remnant.kind == "table"]


# Of these people know something; the rest serves them.
_OLD_SHAPE = ("view", "column", "table", "type", "spilled rows")


def kept(connection: Connection) -> Sequence[Remnant]:
    """What of the old shape is kept until contract: views, columns, tables, types, spilled rows."""
    found = [remnant for remnant in remnants(connection) if remnant.kind in _OLD_SHAPE]
    return sorted(found, key=lambda remnant: _OLD_SHAPE.index(remnant.kind))


def contract(
    connection: Connection,
    phases: Sequence[Phase],
    settings: Settings,
    observe: events.Observer = events.ignore,
    *,
    losses_allowed: bool = False,
) -> Sequence[Remnant]:
    """Removes what a rollback would need, in one transaction; gives what was removed.

    Args:
        connection: the session.
        phases: all of the project's.
        settings: the project's.
        observe: told of every event.
        losses_allowed: whether values may go that are nowhere else, without the revisions' saying.

    Raises:
        PhaseRefused: a phase is pending or half done, or there are such values.
        PhaseFailed: something of the user's hangs on what would be removed.
        RunnerBusy: somebody is migrating.
    """
    with runner_session.at_work(connection, settings, Request(), observe) as work:
        tables = foreign_code.of_phases(connection, phases)
        foreign_code.require_trust(
            connection, tables, settings.schemas, trusted=settings.trust_triggers
        )
        left = [found.phase.name for found in undone(status(connection, phases))]
        if left:
            raise PhaseRefused(
                f"Phases are not done yet: {', '.join(left)}.",
                hint="gnkmigrate upgrade runs them; contract is the step after the last one.",
            )
        if not journal_schema.exists(connection):
            return ()
        _refuse_hanging(connection)
        if not losses_allowed:
            _refuse_losses(work, phases)
        work.phase, work.step = journal.CONTRACT, "remove"
        lasting = [phase.name for phase in phases if phase.outlives_contract]
        return work.attempt(lambda: _remove(work, lasting))


def _refuse_hanging(connection: Connection) -> None:
    given = {"own": own_objects.schemas(connection)}
    hanging = [row[0] for row in connection.execute(_HANGING.encode(), given).fetchall()]
    if hanging:
        raise PhaseRefused(
            "Objects of yours hang on what goes with the old shape; nothing was changed.",
            details=hanging,
            hint="Drop them or change them, then: gnkmigrate contract",
        )


def _refuse_losses(work: Work, phases: Sequence[Phase]) -> None:
    _refuse_spilled(work.connection)
    for phase in phases:
        work.phase = phase.name
        for step in phase.up_steps:
            for found in step.stranded(work):
                raise PhaseRefused(
                    f"{found.message} What is kept of it would be lost for good.",
                    details=found.rows,
                    hint=f"{found.hint} Or let them go: gnkmigrate contract --allow data-loss",
                )


def _refuse_spilled(connection: Connection) -> None:
    """What a rollback kept, and no upgrade since has found a place for."""
    rows = connection.execute(_SPILLED).fetchall()
    if rows:
        raise PhaseRefused(
            f"gnkmigrate.overflow holds {counted(sum(row[2] for row in rows), 'row')} that a"
            " downgrade with --spill kept, and that no upgrade took back. They would be lost for"
            " good.",
            details=[f"{relation}: {count:,}. {reason}" for relation, reason, count in rows],
            hint="SELECT relation, reason, content FROM gnkmigrate.overflow shows them. Write where"
            " they belong those that you want, and delete them from gnkmigrate.overflow. Or let"
            " them go: gnkmigrate contract --allow data-loss",
        )


def _remove(work: Work, lasting: Sequence[str]) -> Sequence[Remnant]:
    connection = work.connection
    found = remnants(connection)
    for remnant in found:
        try:
            connection.execute(remnant.statement.encode())
        except psycopg.errors.DependentObjectsStillExist as error:
            raise PhaseFailed(
                f"Something of yours hangs on the {remnant.kind} {remnant.name}.",
                details=(error.diag.message_detail or "").splitlines(),
                hint="Drop it or change it, then: gnkmigrate contract",
            ) from None
    own_objects.drop_empty(connection)
    ownership.settle(connection)
    # What optional phases have made is no gap, and their way back needs what they remember.
    connection.execute(
        "DELETE FROM gnkmigrate.memory WHERE key <> %s AND phase <> ALL (%s)",
        (journal_notes.MADE, lasting),
    )
    journal.record_contract(connection)
    return found
