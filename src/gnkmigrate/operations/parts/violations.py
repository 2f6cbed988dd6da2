"""The rows that are in the way of a CHECK or a foreign key."""

import re
from collections.abc import Sequence

import psycopg

from gnkmigrate.operations.parts import empty_copy
from gnkmigrate.operations.parts.constraint import NAME, ConstraintStep, identifiers, referenced
from gnkmigrate.run import relation
from gnkmigrate.run.batches import row_key
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.rows import HIDDEN, listed
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work
from gnkmigrate.text.secret import looks_secret

_CONDITION = f"""
SELECT contype::text, pg_get_expr(conbin, conrelid),
       ARRAY(SELECT attname::text FROM pg_attribute
             WHERE attrelid = conrelid AND attnum = ANY (conkey) ORDER BY attnum)
FROM pg_constraint WHERE conrelid = '{empty_copy.EMPTY_COPY}'::regclass AND conname = {{name}}
"""

# UNIQUE, PRIMARY KEY and EXCLUDE, as pg_constraint.contype has them.
_BY_AN_INDEX = frozenset({"u", "p", "x"})
_OTHER = "pg_temp.gnkmigrate_other"

# As revisions write one; what is written otherwise is asked when it is validated.
_FOREIGN_KEY = re.compile(
    rf"\s*FOREIGN\s+KEY\s*\((?P<own>[^()]*)\)\s*REFERENCES\s+{NAME}\s*\.\s*{NAME}\s*"
    r"(?:\((?P<other>[^()]*)\))?(?P<actions>[^()]*)",
    re.IGNORECASE,
)
_PRIMARY_KEY = """
SELECT ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
             JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place)
FROM pg_constraint WHERE contype = 'p' AND conrelid = to_regclass({other})
"""
# Whether both tables are there, and the role sees all their rows.
_SEES = """
SELECT bool_and(has_table_privilege(oid, 'SELECT') AND NOT row_security_active(oid))
   AND count(*) = {count}
FROM pg_class WHERE oid IN (to_regclass({table}), to_regclass({other}))
"""
# Whether = is what a foreign key compares by: the types are PostgreSQL's own, and the same.
_COMPARABLE = """
SELECT bool_and(
    (type.typtype = 'e' OR type.typtype = 'b' AND type.typnamespace = 'pg_catalog'::regnamespace)
    AND (own.atttypid = other.atttypid
         OR own.atttypid IN (20, 21, 23) AND other.atttypid IN (20, 21, 23)))
FROM unnest(%(own)s::text[], %(keys)s::text[]) AS pair (own, key)
JOIN pg_attribute AS own ON own.attrelid = to_regclass(%(table)s) AND own.attname = pair.own
JOIN pg_attribute AS other ON other.attrelid = to_regclass(%(other)s) AND other.attname = pair.key
JOIN pg_type AS type ON type.oid = own.atttypid
"""


def refusals(work: Work, step: ConstraintStep) -> Sequence[Refusal]:
    """Why a constraint cannot be added: its definition, or rows that it would not allow.

    Args:
        work: the session.
        step: which declares the constraint.
    """
    other = referenced(step.declared)
    if empty_copy.is_changed_before(work, step.table, other or step.table):
        return _misspelt(work, step) if other else ()
    if other:
        return _orphans(work, step, other)
    return _violated(work, step) if empty_copy.can_ask(work, step.table) else ()


def _violated(work: Work, step: ConstraintStep) -> Sequence[Refusal]:
    add = f"ALTER TABLE {empty_copy.EMPTY_COPY} ADD CONSTRAINT {column(step.constraint)}"
    try:
        with empty_copy.empty_copy(work, step.table):
            work.execute(f"{add} {step.declared}")
            with work.settings(search_path=OURS):
                query = _CONDITION.format(name=literal(step.constraint))
                found = work.execute(query).fetchone()
    except empty_copy.REFUSED as error:
        return (_undefined(step, error),)
    if found is None:
        return ()  # as NOT NULL is before PostgreSQL 18
    kind, condition, names = found
    if kind in _BY_AN_INDEX:
        return (
            Refusal(
                f"{step.constraint} of {step.table} needs an index, and op.add_constraint builds"
                " none.",
                hint="Say op.add_unique, or op.build_index before and op.step.",
            ),
        )
    return _rows(work, step, names, f"NOT ({condition})") if condition else ()


def _undefined(step: ConstraintStep, error: psycopg.Error) -> Refusal:
    return Refusal(
        f"The constraint {step.constraint} cannot be added to {step.table}:"
        f" {error.diag.message_primary}.",
        hint="Correct the revision, or make before what it needs.",
    )


def _misspelt(work: Work, step: ConstraintStep) -> Sequence[Refusal]:
    """What is said of a foreign key's actions, while its columns may be still to come."""
    found = _FOREIGN_KEY.fullmatch(step.declared)
    if found is None or not empty_copy.can_ask(work, step.table):
        return ()
    refers = f"other integer REFERENCES {_OTHER} {found['actions']}"
    try:
        with work.connection.transaction(force_rollback=True):
            work.execute(f"CREATE TABLE {_OTHER} (id integer PRIMARY KEY, {refers})")
    except psycopg.errors.SyntaxError as error:
        return (_undefined(step, error),)
    except empty_copy.REFUSED:
        return ()  # such as SET NULL of one of several columns
    return ()


def _unreferable(work: Work, step: ConstraintStep) -> Sequence[Refusal]:
    """What PostgreSQL says of a foreign key between empty copies of both tables."""
    try:
        with empty_copy.empty_copy(work, step.table):
            for statement in model(step.declared, empty_copy.EMPTY_COPY):
                work.execute(statement)
    except empty_copy.REFUSED as error:
        return (_undefined(step, error),)
    return ()


def model(definition: str, on: str) -> Sequence[str]:
    """Statements that give a temporary table a foreign key, to a copy of the one that it is to.

    Args:
        definition: of the foreign key; nothing is made of one that is written otherwise.
        on: the temporary table, qualified.
    """
    found, other = _FOREIGN_KEY.fullmatch(definition), referenced(definition)
    if found is None or not other:
        return ()
    keys = f"({found['other']})" if found["other"] else ""
    reference = f"REFERENCES {_OTHER} {keys} {found['actions']}"
    return (
        f"DROP TABLE IF EXISTS {_OTHER} CASCADE",
        f"CREATE TABLE {_OTHER} (LIKE {quoted(other)} INCLUDING INDEXES)",
        f"ALTER TABLE {on} ADD FOREIGN KEY ({found['own']}) {reference}",
    )


def _orphans(work: Work, step: ConstraintStep, other: str) -> Sequence[Refusal]:
    found = _FOREIGN_KEY.fullmatch(step.declared)
    tables = {"table": quoted(step.table), "other": quoted(other)}
    names = {what: literal(name) for what, name in tables.items()}
    if not work.value(f"SELECT to_regclass({names['other']}) IS NOT NULL"):
        return (
            Refusal(
                f"{step.constraint} of {step.table} refers to {other}, which is not there.",
                hint="Correct the revision, or make the table before.",
            ),
        )
    if found is None or not work.value(_SEES.format(count=len({*tables.values()}), **names)):
        return ()
    own = identifiers(found["own"])
    if found["other"]:
        keys = identifiers(found["other"])
    else:
        keys = work.value(_PRIMARY_KEY.format(**names)) or []
    missing = [
        f"{table}.{name}"
        for table, wanted in ((step.table, own), (other, keys))
        for name in sorted({*wanted}.difference(relation.columns(work, table, wanted)))
    ]
    if missing:
        message = f"Columns of the constraint {step.constraint} are missing."
        return (Refusal(message, missing, len(missing), "Correct the revision."),)
    refused = _unreferable(work, step) if empty_copy.can_ask(work, other) else ()
    if refused:
        return refused
    asked = {"own": own, "keys": keys, **tables}
    ((comparable,),) = work.connection.execute(_COMPARABLE.encode(), asked).fetchall()
    if len(own) != len(keys) or not comparable:
        return ()
    known = [f"asked.{column(name)} IS NOT NULL" for name in own]
    same = " AND ".join(
        f"referred.{column(key)} = asked.{column(name)}"
        for key, name in zip(keys, own, strict=True)
    )
    exists = f"EXISTS (SELECT FROM {quoted(other)} AS referred WHERE {same})"
    return _rows(work, step, own, f"{' AND '.join(known)} AND NOT {exists}")


def _rows(
    work: Work, step: ConstraintStep, names: Sequence[str], condition: str
) -> Sequence[Refusal]:
    keys = row_key.keys_of(work.facts, step.table)
    shown = dict.fromkeys((*(keys[0] if keys else ()), *names))
    columns = ", ".join(map(_shown, shown))
    query = f"SELECT {columns} FROM {quoted(step.table)} AS asked WHERE {condition}"
    total, rows = listed(work, query)
    if not total:
        return ()
    message = f"Rows of {step.table} do not satisfy the constraint {step.constraint}."
    return (Refusal(message, rows, total, "Change or remove them first.", query),)


def _shown(name: str) -> str:
    return f"{HIDDEN} AS {column(name)}" if looks_secret(name) else f"asked.{column(name)}"
