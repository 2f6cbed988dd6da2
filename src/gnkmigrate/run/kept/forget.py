"""Removes what is kept of one row, as a person may ask whose data it is.

Until contract, values that the new shape cannot hold, and the old shape itself, wait for a way
back: in the overflow, in the archive, and in old columns that are kept beside new ones. Who deletes
a row in the application deletes it in the table and in what is kept in step with it, and not there.
"""

from collections.abc import Iterator, Mapping, Sequence

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
from gnkmigrate.run.kept import old_columns
from gnkmigrate.run.kept.named_row import (
    Row,
    exists,
    is_meant,
    is_there,
    key_of,
    lacking,
    require_one_key,
)
from gnkmigrate.run.kept.old_columns import Forgotten
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.status import Request
from gnkmigrate.run.work import Work
from gnkmigrate.settings import Settings

# Triggers of ours carry over what is written to one shape to the other.
_IN_STEP = """
SELECT EXISTS (SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
               WHERE tgrelid = to_regclass(%s) AND pronamespace = to_regnamespace(%s))
"""


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
        return work.attempt(lambda: tuple(_forgotten(work, phases, row, settings)))


def _forgotten(
    work: Work, phases: Sequence[Phase], row: Row, settings: Settings
) -> Iterator[Forgotten]:
    try:
        require_one_key(work, row)
        key = key_of(work, row, row.table)
        yield from _from_overflow(work, phases, row, key)
        yield from _from_kept_columns(work, phases, row, settings)
        yield from _from_archive(work, row)
    except errors.DataError as error:
        raise PhaseRefused(
            f"That is no key of {row.table}: {error.diag.message_primary}.",
            hint="Give the values of its key, in the order of its columns.",
        ) from None


def _from_overflow(
    work: Work, phases: Sequence[Phase], row: Row, key: Mapping[str, str]
) -> Iterator[Forgotten]:
    """The row's entries, and those of its rows in side tables, which have its key."""
    deleted = _entries(work, row, row.table, key, {name: name for name in key})
    for _, step, table in old_columns.in_table(phases, row.table):
        for side, names in step.side_keys(table).items():
            if names.keys() == key.keys():
                deleted += _entries(work, row, side, key, names)
            elif _has_entries(work, side):
                own = ", ".join(names)
                left = f"they are known by the key ({own}): name its columns with --by"
                yield Forgotten(f"gnkmigrate.overflow: {side}", 0, left)
    yield Forgotten("gnkmigrate.overflow", deleted)


def _entries(
    work: Work, row: Row, table: str, key: Mapping[str, str], names: Mapping[str, str]
) -> int:
    """Deletes what is kept of a row there; each value is the text of its type, see content.py.

    Args:
        work: the session.
        row: with the values of its key.
        table: "schema.table" whose entries.
        key: the types of the key's columns.
        names: what each of them is called there.
    """
    meant = " AND ".join(
        f"content ->> {literal(names[name])} = "
        + (f"format('%s', {literal(value)}::{key[name]})" if key[name] else literal(value))
        for name, value in zip(key, row.key, strict=True)
    )
    entries = f"gnkmigrate.overflow WHERE relation = {literal(table)} AND {meant}"
    return work.connection.execute(f"DELETE FROM {entries}".encode()).rowcount


def _has_entries(work: Work, table: str) -> bool:
    entries = f"gnkmigrate.overflow WHERE relation = {literal(table)}"
    return bool(work.value(f"SELECT EXISTS (SELECT FROM {entries})"))


def _from_kept_columns(
    work: Work, phases: Sequence[Phase], row: Row, settings: Settings
) -> Iterator[Forgotten]:
    kept = own_objects.kept_columns(work.connection, quoted(row.table))
    if not kept:
        return
    other = lacking(work, row, row.table)
    if other and not _is_known(work, row, own_names.archived(row.table)):
        is_meant(row, key_of(work, row, row.table))  # refuses
    if other:
        yield Forgotten(f"{row.table}: {', '.join(kept)}", 0, other)
        return
    meant = is_meant(row, key_of(work, row, row.table))
    yield from old_columns.reduce(work, phases, row, meant, settings)


def _is_known(work: Work, row: Row, table: str) -> bool:
    """Whether a table is there, and has the columns of the key."""
    return exists(work, table) and not lacking(work, row, table)


def _from_archive(work: Work, row: Row) -> Iterator[Forgotten]:
    archived = own_names.archived(row.table)
    if not exists(work, archived):
        return
    other = lacking(work, row, archived)
    if other and _is_known(work, row, row.table):
        yield Forgotten(archived, 0, other)
        return
    meant = is_meant(row, key_of(work, row, archived))
    left = _left(work, row) if is_there(work, archived, meant) else ""
    if left:
        yield Forgotten(archived, 0, left)
        return
    with quiet_triggers.quiet_batch(work, archived):
        entries = f"{quoted(archived)} WHERE {meant}"
        deleted = work.connection.execute(f"DELETE FROM {entries}".encode())
    yield Forgotten(archived, deleted.rowcount)


def _left(work: Work, row: Row) -> str:
    """Why a row of the archive stays: it is the old shape of one that is there; "" where not."""
    if _is_known(work, row, row.table):
        lives = is_there(work, row.table, is_meant(row, key_of(work, row, row.table)))
        return f"the row is still in {row.table}: delete it there first" if lives else ""
    archived = quoted(own_names.archived(row.table))
    found = work.connection.execute(_IN_STEP, (archived, own_objects.JOURNAL)).fetchone()
    follows = bool(found and found[0])
    return "it is kept in step with the new shape: delete the row there first" if follows else ""
