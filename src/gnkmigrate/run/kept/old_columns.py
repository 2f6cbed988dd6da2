"""Old columns that are kept beside new ones say no more of a row than the new shape does.

Of a row that lives they are the old shape, which the old application reads and a downgrade gives
back. So they are not emptied: what the new shape says, in whatever column and table, stays in them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from psycopg import errors

from gnkmigrate import own_objects
from gnkmigrate.run import foreign_code, quiet_triggers
from gnkmigrate.run.kept.named_row import Row, is_there
from gnkmigrate.run.kept.old_value import ROW, OldValue
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.step import Step
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work
from gnkmigrate.settings import Settings

_INEXACT = "the new shape says it, and cannot give it back exactly"
_UNKNOWN = "no phase of this project says what the new shape has of it"


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


def in_table(phases: Sequence[Phase], table: str) -> Iterator[tuple[Phase, Step, str]]:
    """The steps of all phases, the newest first, and what each calls a table of today's name."""
    for phase in reversed(phases):
        for step in reversed(phase.up_steps):
            if step.renamed and step.renamed[1] == table:
                table = step.renamed[0]
            yield phase, step, table


def reduce(
    work: Work, phases: Sequence[Phase], row: Row, meant: str, settings: Settings
) -> Iterator[Forgotten]:
    """Gives them what a downgrade would make of the new shape, and those that it lacks nothing.

    Args:
        work: the session, in a transaction.
        phases: the project's.
        row: which row.
        meant: the condition on it.
        settings: whose code is trusted.
    """
    kept = own_objects.kept_columns(work.connection, quoted(row.table))
    if not kept or not is_there(work, row.table, meant):
        return
    open_ = dict.fromkeys(kept)
    for phase, step, table in in_table(phases, row.table):
        beside = replace(work, phase=phase.name)
        with beside.words_of(step):
            said = [_rendered(work, each) for each in step.old_values(beside, table)]
            said = [each for each in said if each.kept in open_]
            if said:
                _lock(work, row.table, said, settings)
                with quiet_triggers.quiet_batch(work, row.table):
                    yield from _reduced(work, row.table, meant, said)
        for each in said:
            del open_[each.kept]
    if open_:
        yield Forgotten(_place(row.table, list(open_)), 0, _UNKNOWN)


def _rendered(work: Work, said: OldValue) -> OldValue:
    value, exact = (render(sql, work.parameters) for sql in (said.value, said.exact))
    return replace(said, value=value, exact=exact)


def _lock(work: Work, table: str, said: Sequence[OldValue], settings: Settings) -> None:
    """Whoever changes the row or what is read just now is waited for, and keeps both in step."""
    read = sorted({quoted(each.reads) for each in said if each.reads})
    foreign_code.require_trust_to_read(work.connection, read, trusted=settings.trust_triggers)
    tables = ", ".join((quoted(table), *read))
    work.connection.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE".encode())


def _reduced(work: Work, table: str, meant: str, said: Sequence[OldValue]) -> Iterator[Forgotten]:
    """All at once, as a CHECK may be about several; where PostgreSQL refuses that, each alone."""
    try:
        with work.connection.transaction():
            changed, inexact = _set(work, table, meant, said)
    except (errors.IntegrityError, errors.DataError) as error:
        if len(said) > 1:
            for each in said:
                yield from _reduced(work, table, meant, [each])
        else:
            yield Forgotten(_place(table, [said[0].kept]), 0, _refused(error))
        return
    yield Forgotten(_place(table, [each.kept for each in said]), changed)
    if inexact:
        yield Forgotten(_place(table, inexact), 0, _INEXACT)


def _set(work: Work, table: str, meant: str, said: Sequence[OldValue]) -> tuple[int, Sequence[str]]:
    """Changes them; gives how many values became others, and the columns with some that stay."""
    rows = f"FROM {quoted(table)} AS {ROW} WHERE {meant}"
    changes = [f"NOT {alike(each.value, f'{ROW}.{column(each.kept)}')}" for each in said]
    counts = ", ".join(
        f"count(*) FILTER (WHERE {change} AND {each.exact}),"
        f" count(*) FILTER (WHERE {change} AND ({each.exact}) IS NOT TRUE)"
        for each, change in zip(said, changes, strict=True)
    )
    assigned = ", ".join(
        f"{column(each.kept)} = CASE WHEN {each.exact} THEN {each.value}"
        f" ELSE {ROW}.{column(each.kept)} END"
        for each in said
    )
    counted = work.connection.execute(f"SELECT {counts} {rows}".encode()).fetchone() or ()
    update = f"UPDATE {quoted(table)} AS {ROW} SET {assigned} WHERE {meant}"
    work.connection.execute(update.encode())
    stay = [each.kept for each, inexact in zip(said, counted[1::2], strict=True) if inexact]
    return sum(counted[::2]), stay


def _refused(error: errors.Error) -> str:
    """Without what PostgreSQL says, which may have the row's values."""
    by = f", constraint {error.diag.constraint_name}" if error.diag.constraint_name else ""
    return (
        f"the old shape refuses what the new one has there (SQLSTATE {error.sqlstate}{by}):"
        " write another value through the old shape"
    )


def _place(table: str, names: Sequence[str]) -> str:
    return f"{table}: {', '.join(names)}"
