"""By what a row is known again to which values of it are to come back.

A key alone does not say: its row may have been deleted and another one made in its place, or two
may have changed places. So a hash of what else the row says is kept with the values, and they come
back where it says that still.
"""

import json

from gnkmigrate import own_objects
from gnkmigrate.run import relation
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.kept import content, made_rows
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.sync import column_pair
from gnkmigrate.run.work import Work

# No column is called so: PostgreSQL has its own for what is ours.
_MARK = "gnkmigrate_row"


def by(work: Work, table: str, row: str, apart: Columns) -> str:
    """SQL for what is kept of a row so that it is known again, a jsonb object.

    Args:
        work: the session.
        table: "schema.table".
        row: the row's alias.
        apart: the columns that do not count: the key, and those whose values are kept.
    """
    unsettled = {*column_pair.unsettled(work, table), *made_rows.referred(work, table)}
    leave = {*apart, *unsettled}
    names = [name for name in _there(work, table) if name not in leave]
    mark = f"jsonb_build_object('names', {literal(json.dumps(names))}::jsonb"
    return f"jsonb_build_object({literal(_MARK)}, {mark}, 'hash', {_hash(row, names)}))"


def condition(work: Work, table: str, reason: str, row: str) -> str:
    """The condition that a row is the one of which `kept`, of the overflow, has values.

    What was kept without such a hash is known by its key.

    Args:
        work: the session.
        table: "schema.table".
        reason: why the values were kept.
        row: the row's alias.
    """
    marks = work.connection.execute(
        "SELECT DISTINCT content -> %s -> 'names' FROM gnkmigrate.overflow"
        " WHERE (relation, reason) = (%s, %s) AND content ? %s",
        (_MARK, table, reason, _MARK),
    ).fetchall()
    there, mark = frozenset(_there(work, table)), f"kept.content -> {literal(_MARK)}"
    conditions = [f"{mark} IS NULL"] + [
        f"{mark} -> 'names' = {literal(json.dumps(names))}::jsonb"
        f" AND {mark} ->> 'hash' = {_hash(row, names)}"
        for (names,) in marks
        if there.issuperset(names)
    ]
    return " OR ".join(conditions)


def _there(work: Work, table: str) -> list[str]:
    old = own_objects.kept_columns(work.connection, quoted(table))
    return [*relation.column_names(work, table, written=True), *old]


def _hash(row: str, names: list[str]) -> str:
    text = f"({content.of(row, names)})::text" if names else "''"
    return f"encode(pg_catalog.sha256(convert_to({text}, 'UTF8')), 'hex')"
