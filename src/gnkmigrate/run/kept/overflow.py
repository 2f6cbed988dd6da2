"""What a rollback had to spill comes back with the next upgrade, where it still fits."""

from collections.abc import Sequence

from gnkmigrate import own_objects
from gnkmigrate.errors import PhaseFailed
from gnkmigrate.run import foreign_keys, quiet_triggers, relation
from gnkmigrate.run.batches.row_key import Columns, listed, same
from gnkmigrate.run.kept import content, made_rows, recognised
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.sync import key_sequences, session_mark
from gnkmigrate.run.work import Work


def refuse_to_cascade(work: Work, table: str, where: str) -> None:
    """Asks for rows of other tables that a foreign key would change along with those spilled.

    They are nobody's to delete, or to empty, here.

    Args:
        work: the session, in a transaction.
        table: "schema.table".
        where: SQL condition on the rows, whose alias may be `spilled`.

    Raises:
        PhaseFailed: there are such rows.
    """
    # Whoever wants to refer to a row waits for this lock.
    work.execute(f"LOCK TABLE {quoted(table)} IN EXCLUSIVE MODE")
    spilled = f"(SELECT * FROM {quoted(table)} AS spilled WHERE {where}) AS spilled"
    for key in foreign_keys.cascades(work, table):
        total = work.value(
            f"SELECT count(*) FROM {key.table} AS referring JOIN {spilled} ON {key.on}"
        )
        if total:
            raise PhaseFailed(
                f"Phase {work.phase}: rows of {key.table} hang on rows of {table} that the old"
                f" shape cannot hold ({total}).",
                hint="If they came since the phase began, run the same command again; else move or"
                " delete them first.",
            )


def held(work: Work, table: str, reason: str) -> int:
    """How many rows, or values of rows, of this table are kept for this reason."""
    return int(
        work.value(
            "SELECT count(*) FROM gnkmigrate.overflow"
            f" WHERE relation = {literal(table)} AND reason = {literal(reason)}"
        )
    )


def insert_back(work: Work, table: str, reason: str, key: Columns) -> int:
    """Inserts the rows that were kept; gives how many.

    One stays in the overflow when there is another with its key or a unique value of it, or when a
    row that it refers to is gone. Old columns that are kept beside new ones come back as well; for
    a row that was spilled before there were any, the triggers give them their values. The table's
    sequences go on after the keys of these rows: those of a table that was made anew begin anew.
    """
    work.execute(f"LOCK TABLE {quoted(table)} IN SHARE ROW EXCLUSIVE MODE")
    made_rows.bring_up_to_date(work, table, reason)
    rows = _insert_back(work, table, reason, key)
    if rows:
        key_sequences.go_on_after_rows(work, quoted(table))
    return rows


def _insert_back(work: Work, table: str, reason: str, key: Columns) -> int:
    names = relation.column_names(work, table, written=True)
    old = own_objects.kept_columns(work.connection, quoted(table))
    if not old:
        return _inserted(work, table, key, names, _meant(work, table, reason))
    has_old = f"kept.content ?& ARRAY[{', '.join(map(literal, old))}]"
    work.execute(f"SET LOCAL {session_mark.FILLING} = 'on'")
    meant = f"{_meant(work, table, reason)} AND {has_old}"
    rows = _inserted(work, table, key, [*names, *old], meant)
    work.execute(f"SET LOCAL {session_mark.FILLING} = ''")
    meant = f"{_meant(work, table, reason)} AND NOT ({has_old})"
    return rows + _inserted(work, table, key, names, meant)


def _inserted(work: Work, table: str, key: Columns, names: Sequence[str], meant: str) -> int:
    quoted_names = [column(name) for name in names]
    values = ", ".join(f"(whole).{name}" for name in quoted_names)
    return _rows(
        work,
        f"""
        WITH candidate AS (
            SELECT kept.id AS entry, {_record(table)} AS whole
            FROM {_kept(table)} WHERE {meant}
        ), inserted AS (
            INSERT INTO {quoted(table)} ({", ".join(quoted_names)}) OVERRIDING SYSTEM VALUE
            SELECT {values} FROM candidate
            ON CONFLICT DO NOTHING RETURNING {listed(key)}
        )
        DELETE FROM gnkmigrate.overflow USING candidate, inserted
        WHERE overflow.id = candidate.entry AND {same(key, "inserted", "(candidate.whole)")}
        """,
    )


def update_back(
    work: Work,
    table: str,
    reason: str,
    key: Columns,
    columns: Sequence[str],
    where: str = "true",
    also: Sequence[str] = (),
) -> int:
    """Gives the rows that are still there the values that were kept of them; gives how many.

    One that says something else by now keeps what it has, where that is known; see recognised.py.

    Args:
        work: the session.
        table: "schema.table".
        reason: why they were kept.
        key: the columns that identify a row.
        columns: which values.
        where: SQL condition on the row, as `restored`, under which nobody has written since.
        also: further assignments, of the row that was kept, `spilled`.
    """
    made_rows.bring_up_to_date(work, table, reason)
    there_is = f"SELECT EXISTS (SELECT FROM {_kept(table)} WHERE {_meant(work, table, reason)})"
    if not work.connection.execute(there_is.encode()).fetchall()[0][0]:
        return 0
    values = ", ".join((*(f"{column(name)} = spilled.{column(name)}" for name in columns), *also))
    known = recognised.condition(work, table, reason, "restored")
    with quiet_triggers.quiet_batch(work, table):
        return _rows(
            work,
            f"""
            WITH updated AS (
                UPDATE {quoted(table)} AS restored SET {values}
                FROM {_kept(table)}
                WHERE {_meant(work, table, reason)} AND {same(key, "restored", "spilled")}
                  AND ({where}) AND ({known})
                RETURNING kept.id AS entry
            )
            DELETE FROM gnkmigrate.overflow USING updated WHERE overflow.id = updated.entry
            """,
        )


def _rows(work: Work, statement: str) -> int:
    return max(work.connection.execute(statement.encode()).rowcount, 0)


def _record(table: str) -> str:
    """The row that was kept; a bare `spilled` might be a column of it."""
    return content.row(table, "kept.content")


def _kept(table: str) -> str:
    # OFFSET lets it be read once, and not once for each of its columns.
    read = f"SELECT {_record(table)} AS whole OFFSET 0"
    return (
        "gnkmigrate.overflow AS kept CROSS JOIN LATERAL"
        f" (SELECT (whole).* FROM ({read}) AS rows) AS spilled"
    )


def kept_of(work: Work, table: str, row: str, names: Sequence[str] = ()) -> str:
    """SQL for what is kept of a row, with old columns that are kept beside new ones.

    With values that refer to rows which a phase makes, what tells these apart is kept as well.

    Args:
        work: the session.
        table: "schema.table".
        row: the row's alias.
        names: which columns; none for all.
    """
    everything = names or [
        *relation.column_names(work, table),
        *own_objects.kept_columns(work.connection, quoted(table)),
    ]
    return f"{content.of(row, everything)} || {made_rows.marked(work, table, row, everything)}"


def _meant(work: Work, table: str, reason: str) -> str:
    conditions = [
        f"kept.relation = {literal(table)}",
        f"kept.reason = {literal(reason)}",
        *foreign_keys.references(work, table, "spilled"),
        *made_rows.conditions(work, table),
    ]
    return " AND ".join(conditions)
