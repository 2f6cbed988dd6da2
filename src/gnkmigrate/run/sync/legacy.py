"""The old shape as views, so that the old application goes on after its tables have changed.

A table whose shape is kept (op.keep_shape) gets a view of its old columns in the schema
`gnkmigrate_legacy`, or another that the settings name, in the same transaction that changes the
table. An application whose search_path is `gnkmigrate_legacy, public` uses the table until then
and the view from then on; old and new see each other's writes. The view is of plain columns of one
table, so that PostgreSQL itself writes through it (manual, CREATE VIEW, Updatable Views).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from gnkmigrate import own_objects
from gnkmigrate.run import relation
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.sync.column_pair import ColumnPair, pairs_of, remembered
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.privileges import (
    carry_table_grants,
    carry_view_owner,
    close,
    grants_on,
)
from gnkmigrate.run.sync.view_place import (
    NO_PHASE,
    SHAPE,
    checks_its_caller,
    create_schema,
    is_there,
    view_of,
)
from gnkmigrate.run.work import Work


def keep(work: Work, table: str) -> None:
    """Remembers the table's name, and its columns as they are now, in their order.

    A shape that an earlier phase keeps is older: it is the one that the old application knows.
    """
    if _recall(work, table) is not None:
        return
    columns = [
        {"name": name, "source": name, "phase": NO_PHASE, "default": None}
        for name in relation.column_names(work, table)
    ]
    _store(work, table, {"of": table, "phase": work.phase, "columns": columns})


def forget(work: Work, table: str) -> None:
    """Forgets a shape that this phase keeps."""
    shape = _recall(work, table)
    if shape is not None and shape.get("phase", work.phase) == work.phase:
        _erase(work, table)


def hide(work: Work, table: str) -> None:
    """Drops the view of a shape that is kept, if there is one.

    A table that was swapped has one of its name that shows the archived one: that stays.
    """
    shape = _recall(work, table)
    view = None if shape is None else view_of(work.parameters, shape.get("of", table))
    if shape is not None and view is not None and is_there(work, view):
        _lock(work, view)
        _remember_defaults(work, table, shape, view)
        work.execute(f"DROP VIEW {view}")


def hide_swapped(work: Work, table: str) -> None:
    """Drops the view that a swap has made, if there is one."""
    view = view_of(work.parameters, table)
    if is_there(work, view):
        _lock(work, view)
        work.execute(f"DROP VIEW {view}")


def _lock(work: Work, view: str) -> None:
    """Its clients lock it first."""
    work.execute(f"LOCK TABLE {view} IN ACCESS EXCLUSIVE MODE")


def _remember_defaults(work: Work, table: str, shape: dict[str, Any], view: str) -> None:
    """Keeps those that are not the table's as they are now: a type that they name may move."""
    given = [entry for entry in shape["columns"] if entry["default"] is not None]
    declared = relation.declared(work, view, [entry["name"] for entry in given])
    for entry in given:
        entry["default"] = declared[entry["name"]]["default"]
    _store(work, table, shape)


def show_converted(work: Work, table: str, conversions: Sequence[Conversion]) -> None:
    """Shows the columns as they were before this phase, which has just changed them.

    Args:
        work: the session, in the transaction that changed them.
        table: "schema.table".
        conversions: what the phase did to its columns.
    """
    shape = _recall(work, table)
    if shape is None:
        return
    pairs = {pair.change.column: pair for pair in pairs_of(work, table, conversions)}
    changes = {change.column: change for change in conversions}
    declared = relation.columns(work, table, [change.new_name for change in conversions])
    for entry in shape["columns"]:
        change = changes.get(entry["source"])
        if change is None:
            continue
        pair = pairs.get(change.column)
        entry |= {
            "source": pair.kept if pair else change.new_name,
            "phase": work.phase,
            "before": entry["source"],
            "default": _default(work, table, change, pair, str(declared[change.new_name]["type"])),
        }
    _store(work, table, shape)
    _show(work, table, shape)


def _default(
    work: Work, table: str, change: Conversion, pair: ColumnPair | None, type_: str
) -> str | None:
    """SQL for the default of a view's column; None where the table's own will do.

    The default that an old column has in the table says that somebody else inserts the row, so the
    view always has one. PostgreSQL keeps none that is plainly NULL.
    """
    if pair is not None and pair.is_given_out:
        return null(pair.old_type)
    before = remembered(work, table, (change,))[change.column]["default"]
    if before is not None:
        return str(before)
    if pair is not None:
        return null(pair.old_type)
    return None if change.default is None else null(type_)


def null(type_: str) -> str:
    """SQL for the default NULL of a view's column: PostgreSQL keeps none that is plainly NULL."""
    return f"CASE WHEN false THEN NULL::{type_} END"


def show_kept(work: Work, table: str, kept: Mapping[str, tuple[str, str]]) -> None:
    """Shows columns that this phase has just put aside.

    Args:
        work: the session, in the transaction that did.
        table: "schema.table".
        kept: what each is called now, and SQL for its default in the view.
    """
    shape = _recall(work, table)
    if shape is None:
        return
    for entry in shape["columns"]:
        if entry["source"] in kept:
            name, default = kept[entry["source"]]
            entry |= {
                "source": name,
                "phase": work.phase,
                "before": entry["source"],
                "default": default,
            }
    _store(work, table, shape)
    _show(work, table, shape)


def show_reverted(work: Work, table: str, names: Collection[str]) -> None:
    """Shows what is still to be shown once this phase has given some of its columns back.

    Args:
        work: the session, in the transaction that did.
        table: "schema.table".
        names: what the columns that it shows were called until then.
    """
    shape = _recall(work, table)
    if shape is None:
        return
    for entry in shape["columns"]:
        if entry["phase"] == work.phase and entry["source"] in names:
            entry |= {"source": entry.pop("before"), "phase": NO_PHASE, "default": None}
    _store(work, table, shape)
    _show_if_changed(work, table, shape)


def show_renamed(work: Work, table: str, to: str) -> None:
    """Shows the old shape of a table that has just got another name, or its own again.

    Args:
        work: the session, in the transaction that did, from before which the view is hidden.
        table: "schema.table" as it was called until then.
        to: "schema.table" as it is called now.
    """
    shape = _recall(work, table)
    if shape is None:
        return
    _erase(work, table)
    shape = {"of": table, **shape}
    _store(work, to, shape)
    _show_if_changed(work, to, shape)


def changed_before(work: Work, table: str, names: Iterable[str]) -> dict[str, str]:
    """Columns, by their names now, that the view shows by what an earlier phase did to them.

    Args:
        work: the session.
        table: "schema.table".
        names: which columns.

    Returns:
        The phase of each.
    """
    shape = _recall(work, table) or {"columns": ()}
    asked = frozenset(names)
    return {
        entry["source"]: entry["phase"]
        for entry in shape["columns"]
        if entry["phase"] != NO_PHASE and entry["source"] in asked
    }


def _show_if_changed(work: Work, table: str, shape: Mapping[str, Any]) -> None:
    is_renamed = shape.get("of", table) != table
    if is_renamed or any(entry["phase"] != NO_PHASE for entry in shape["columns"]):
        _show(work, table, shape)
    else:
        own_objects.drop_empty_legacy(work.connection)


def _show(work: Work, table: str, shape: Mapping[str, Any]) -> None:
    create_schema(work)
    view, columns = view_of(work.parameters, shape.get("of", table)), shape["columns"]
    listed = ",\n    ".join(
        f"current.{column(entry['source'])} AS {column(entry['name'])}" for entry in columns
    )
    invoker = checks_its_caller(work, table)
    option = " WITH (security_invoker = true)" if invoker else ""
    # SET c = DEFAULT writes NULL where the view has no default of its own (rewriteTargetListIU).
    plain = relation.defaults(work, table)
    defaults = {
        entry["name"]: default
        for entry in columns
        if (default := entry["default"] or plain.get(entry["source"])) is not None
    }
    create = f"CREATE VIEW {view}{option} AS SELECT\n    {listed}\nFROM {quoted(table)} AS current"
    work.connection.execute(create.encode())
    close(work, view)
    # In one round trip, since everybody waits for the table's lock.
    statements = [
        *(
            f"ALTER VIEW {view} ALTER COLUMN {column(name)} SET DEFAULT {default}"
            for name, default in defaults.items()
        ),
        *(
            grant
            for entry in columns
            for grant in grants_on(work, quoted(table), entry["source"], view, entry["name"])
        ),
    ]
    if statements:
        work.connection.execute("\n;\n".join(statements).encode())
    carry_view_owner(work, quoted(table), view)
    carry_table_grants(work, quoted(table), view)


def _memory_key(table: str) -> str:
    return f"{SHAPE}{table}"


def _store(work: Work, table: str, shape: Mapping[str, Any]) -> None:
    work.connection.execute(
        "INSERT INTO gnkmigrate.memory (phase, key, value) VALUES (%s, %s, %s)"
        " ON CONFLICT (phase, key) DO UPDATE SET value = excluded.value",
        (NO_PHASE, _memory_key(table), Jsonb(shape)),
    )


def _erase(work: Work, table: str) -> None:
    work.connection.execute(
        "DELETE FROM gnkmigrate.memory WHERE phase = %s AND key = %s",
        (NO_PHASE, _memory_key(table)),
    )


def _recall(work: Work, table: str) -> dict[str, Any] | None:
    row = work.connection.execute(
        "SELECT value FROM gnkmigrate.memory WHERE phase = %s AND key = %s",
        (NO_PHASE, _memory_key(table)),
    ).fetchone()
    return row[0] if row else None
