"""Removes what is kept of one row, as a person may ask whose data it is.

Until contract, values that the new shape cannot hold, and the old shape itself, wait for a way
back: in the overflow, in the archive, and in old columns that are kept beside new ones. Who deletes
a row in the application deletes it in the table and in what is kept in step with it, and not there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from psycopg import errors

from gnkmigrate import own_objects
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import (
    events,
    foreign_code,
    journal_schema,
    own_names,
    quiet_triggers,
    runner_session,
)
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.status import Request
from gnkmigrate.run.sync import column_pair, shadow_columns
from gnkmigrate.run.sync.reshaping import Reshaping
from gnkmigrate.run.work import Work
from gnkmigrate.settings import Settings

_PRIMARY_KEY = """
SELECT attname::text
FROM pg_index CROSS JOIN LATERAL unnest(indkey) WITH ORDINALITY AS part (number, place)
JOIN pg_attribute ON (attrelid, attnum) = (indrelid, number)
WHERE indrelid = to_regclass(%s) AND indisprimary ORDER BY place
"""
_TYPES = """
SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
"""
# Triggers of ours carry over what is written to one shape to the other.
_IN_STEP = """
SELECT EXISTS (SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
               WHERE tgrelid = to_regclass(%s) AND pronamespace = to_regnamespace(%s))
"""


@dataclass(frozen=True)
class Forgotten:
    """What was kept of a row, in one place.

    Attributes:
        place: the table, or the table and its kept columns.
        count: how many rows, entries or columns were emptied or removed.
        left: why what is there was left; "" where nothing was.
    """

    place: str
    count: int
    left: str = ""


@dataclass(frozen=True)
class Row:
    """A row that is to be forgotten.

    Attributes:
        table: "schema.table".
        key: the values of its key, as text.
        by: the columns of the key; none for the table's primary key.
    """

    table: str
    key: tuple[str, ...]
    by: tuple[str, ...] = ()


def forget(
    connection: Connection,
    phases: Sequence[Phase],
    row: Row,
    settings: Settings,
    observe: events.Observer = events.ignore,
) -> tuple[Forgotten, ...]:
    """Removes what is kept of a row, in one transaction; gives what there was.

    The row itself, where it is still there, stays as it is in the new shape; its old columns get
    what a downgrade would make of the new ones.

    Args:
        connection: the session.
        phases: the project's, of which those that are done have put columns aside.
        row: which row.
        settings: with the limits.
        observe: told of every event.

    Raises:
        PhaseRefused: there is no journal, or no such key; nothing was changed.
        PhaseFailed: somebody's lock was in the way.
        RunnerBusy: somebody is migrating.
    """
    with runner_session.at_work(connection, settings, Request(), observe) as work:
        if not journal_schema.exists(connection):
            raise PhaseRefused(
                f"gnkmigrate has never worked in {connection.info.dbname}, so nothing is kept.",
            )
        tables = [quoted(row.table), quoted(own_names.archived(row.table))]
        foreign_code.require_trust(
            connection, tables, settings.schemas, trusted=settings.trust_triggers
        )
        work.phase, work.step = "(forget)", f"what is kept of a row of {row.table}"
        return work.attempt(lambda: tuple(_forgotten(work, phases, row)))


def _forgotten(work: Work, phases: Sequence[Phase], row: Row) -> Iterator[Forgotten]:
    try:
        yield from _from_overflow(work, row)
        yield from _from_kept_columns(work, phases, row)
        yield from _from_archive(work, row)
    except errors.DataError as error:
        raise PhaseRefused(
            f"That is no key of {row.table}: {error.diag.message_primary}.",
            hint="Give the values of its key, in the order of its columns.",
        ) from None


def _key(work: Work, row: Row, table: str) -> dict[str, str]:
    """The type of each column of the key, as far as the table has them, in the key's order.

    Raises:
        PhaseRefused: the key has another number of columns.
    """
    on = quoted(table)
    types: dict[str, str] = dict(work.connection.execute(_TYPES, (on,)).fetchall())
    names = row.by or tuple(
        str(found[0]) for found in work.connection.execute(_PRIMARY_KEY, (on,)).fetchall()
    )
    if len(names) != len(row.key):
        has = f"has the key ({', '.join(names)})" if names else "is not there, or has no key"
        raise PhaseRefused(
            f"{table} {has}, and there are {len(row.key)} values of a key.",
            hint="Give a value for each of its columns, or name the columns with --by.",
        )
    return {name: types.get(name, "") for name in names}


def _is_meant(row: Row, key: dict[str, str]) -> str:
    """The condition on a row of a table that has these columns.

    Raises:
        PhaseRefused: it has not all of them.
    """
    missing = [name for name, type_ in key.items() if not type_]
    if missing:
        raise PhaseRefused(
            f"{row.table} has no column {', '.join(missing)}.",
            hint="Name the columns of its key with --by, as they are called now.",
        )
    return " AND ".join(
        f"{column(name)} = {literal(value)}::{key[name]}"
        for name, value in zip(key, row.key, strict=True)
    )


def _exists(work: Work, table: str) -> bool:
    return bool(work.value(f"SELECT to_regclass({literal(quoted(table))}) IS NOT NULL"))


def _from_overflow(work: Work, row: Row) -> Iterator[Forgotten]:
    """The overflow has each value as the text that its type writes; see content.py."""
    key = _key(work, row, row.table)
    meant = " AND ".join(
        f"content ->> {literal(name)} = " + (f"format('%s', {literal(value)}::{key[name]})"
                                             if key[name] else literal(value))
        for name, value in zip(key, row.key, strict=True)
    )  # fmt: skip
    entries = f"gnkmigrate.overflow WHERE relation = {literal(row.table)} AND {meant}"
    deleted = work.connection.execute(f"DELETE FROM {entries}".encode())
    yield Forgotten("gnkmigrate.overflow", deleted.rowcount)


def _from_kept_columns(work: Work, phases: Sequence[Phase], row: Row) -> Iterator[Forgotten]:
    kept = own_objects.kept_columns(work.connection, quoted(row.table))
    if not kept:
        return
    backward = dict(_ways_back(work, phases, row.table))
    assigned = ", ".join(f"{column(name)} = {backward.get(name, 'NULL')}" for name in kept)
    meant = _is_meant(row, _key(work, row, row.table))
    with quiet_triggers.quiet_batch(work, row.table):
        done = work.connection.execute(
            f"UPDATE {quoted(row.table)} SET {assigned} WHERE {meant}".encode()
        )
    yield Forgotten(f"{row.table}: {', '.join(kept)}", len(kept) * done.rowcount)


def _ways_back(work: Work, phases: Sequence[Phase], table: str) -> Iterator[tuple[str, str]]:
    """Each old column of a table that has a new one, and SQL for its value of that."""
    for phase in phases:
        at = {found.name: found for step in phase.up_steps for found in _reshapings(step, table)}
        work.phase = phase.name
        for spec in at.values():
            if not spec.is_remembered(work):
                continue
            for pair in column_pair.pairs_of(work, table, spec.conversions):
                function = shadow_columns.way_back(table, phase.name, pair)
                yield pair.kept, f"{function}({column(pair.change.new_name)})"


def _reshapings(step: object, table: str) -> Iterator[Reshaping]:
    found = getattr(step, "reshaping", None)
    if isinstance(found, Reshaping) and found.table == table:
        yield found


def _from_archive(work: Work, row: Row) -> Iterator[Forgotten]:
    archived = own_names.archived(row.table)
    if not _exists(work, archived):
        return
    meant = _is_meant(row, _key(work, row, archived))
    left = _left(work, row) if _there(work, archived, meant) else ""
    if left:
        yield Forgotten(archived, 0, left)
        return
    with quiet_triggers.quiet_batch(work, archived):
        entries = f"{quoted(archived)} WHERE {meant}"
        deleted = work.connection.execute(f"DELETE FROM {entries}".encode())
    yield Forgotten(archived, deleted.rowcount)


def _left(work: Work, row: Row) -> str:
    """Why a row of the archive stays: it is the old shape of one that is there; "" where not."""
    key = _key(work, row, row.table) if _exists(work, row.table) else {}
    if key and all(key.values()):
        lives = _there(work, row.table, _is_meant(row, key))
        return f"the row is still in {row.table}: delete it there first" if lives else ""
    archived = quoted(own_names.archived(row.table))
    found = work.connection.execute(_IN_STEP, (archived, own_objects.JOURNAL)).fetchone()
    follows = bool(found and found[0])
    return "it is kept in step with the new shape: delete the row there first" if follows else ""


def _there(work: Work, table: str, meant: str) -> bool:
    return bool(work.value(f"SELECT EXISTS (SELECT FROM {quoted(table)} WHERE {meant})"))
