"""The old shape as views, so that the old application goes on after its tables have changed.

A table whose shape is kept (op.keep_shape) gets a view of its old columns in the schema
`gnkmigrate_legacy`, or another that the settings name, in the same transaction that changes the
table. An application whose search_path is `gnkmigrate_legacy, public` uses the table until then
and the view from then on; old and new see each other's writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from psycopg.types.json import Jsonb

from gnkmigrate import own
from gnkmigrate.phases import relation, shadow, view_writes
from gnkmigrate.phases.conversion import Conversion
from gnkmigrate.phases.names import column, literal, quoted, split
from gnkmigrate.phases.own_names import own_name
from gnkmigrate.phases.privileges import carry_to_view
from gnkmigrate.phases.residue import ROW, Residue
from gnkmigrate.phases.row_key import Named, key_of
from gnkmigrate.phases.template import render
from gnkmigrate.phases.view_place import NO_PHASE, SHAPE, create_schema, is_there, view_of
from gnkmigrate.phases.view_writes import ALWAYS, BY_DEFAULT, GENERATED
from gnkmigrate.phases.work import Work


def keep(work: Work, table: str, key: Named) -> None:
    """Remembers the table's columns as they are now, in their order, and its key.

    Who may write a column is remembered as well: PostgreSQL alone computes a generated one, and
    it alone gives out the values of an identity column that is GENERATED ALWAYS.
    """
    found = {name: (made, sequence) for name, made, sequence in _made(work, table)}
    declared = relation.columns(work, table, list(found))
    columns = [
        {
            "name": name,
            "default": None if made else declared[name]["default"],
            "source": name,
            "phase": NO_PHASE,
            "made": made,
            "sequence": sequence,
        }
        for name, (made, sequence) in found.items()
    ]
    _store(work, table, {"key": key_of(work, table, key), "columns": columns})


def _made(work: Work, table: str) -> Sequence[tuple[str, str, str | None]]:
    """Name, who makes its values ("" for whoever writes it), and the sequence of an identity."""
    relation_ = literal(quoted(table))
    with work.settings(search_path="pg_catalog, pg_temp"):
        return work.execute(f"""
            SELECT attname::text,
                   CASE WHEN attgenerated <> '' THEN '{GENERATED}'
                        WHEN attidentity = 'a' THEN '{ALWAYS}'
                        WHEN attidentity = 'd' THEN '{BY_DEFAULT}' ELSE '' END,
                   CASE WHEN attidentity <> '' THEN pg_get_serial_sequence({relation_}, attname) END
            FROM pg_attribute
            WHERE attnum > 0 AND NOT attisdropped AND attrelid = {relation_}::regclass
            ORDER BY attnum
        """).fetchall()


def forget(work: Work, table: str) -> None:
    """Forgets a kept shape."""
    work.connection.execute(
        "DELETE FROM gnkmigrate.memory WHERE phase = %s AND key = %s",
        (NO_PHASE, _memory_key(table)),
    )


def hide(work: Work, table: str) -> None:
    """Drops the view, if there is one, under the lock that its clients take first."""
    view = view_of(work.parameters, table)
    if is_there(work, view):
        work.execute(f"LOCK TABLE {view} IN ACCESS EXCLUSIVE MODE; DROP VIEW {view}")


def show_converted(work: Work, table: str, conversions: Sequence[Conversion]) -> None:
    """Shows the columns as they were before this phase, which has just replaced them.

    Args:
        work: the session, in the transaction that replaced them.
        table: "schema.table".
        conversions: what the phase did to its columns.
    """
    shape = _recall(work, table)
    if shape is None:
        return
    sources = {entry["name"]: entry["source"] for entry in shape["columns"]}
    renames = {change.column: change.new_name for change in conversions}
    key = tuple(sources[name] for name in shape["key"])
    renamed = tuple(renames.get(name, name) for name in key)
    new = {built.source: built for built in shadow.upward(work, table, key, conversions)}
    old = {built.target: built for built in shadow.downward(work, table, renamed, conversions)}
    changes = {change.column: change for change in conversions}
    for entry in shape["columns"]:
        change = changes.get(entry["source"])
        if change is None:
            continue
        entry |= {"source": change.new_name, "phase": work.phase, "before": entry["source"]}
        if change.column in new:
            residue = new[change.column].residue
            entry |= {
                "read": render(old[change.column].of(ROW), work.parameters),
                "write": render(new[change.column].value, work.parameters),
                # The view's rows have the old names.
                "residue": _rendered(replace(residue, key=tuple(shape["key"])), work)
                if residue
                else None,
            }
    _store(work, table, shape)
    _show(work, table, shape)


def show_reverted(work: Work, table: str) -> None:
    """Shows what is still to be shown once this phase has given its columns back."""
    shape = _recall(work, table)
    if shape is None:
        return
    for entry in shape["columns"]:
        if entry["phase"] == work.phase:
            entry |= {"source": entry["before"], "phase": NO_PHASE}
            for name in ("before", "read", "write", "residue"):
                entry.pop(name, None)
    _store(work, table, shape)
    if any(entry["phase"] != NO_PHASE for entry in shape["columns"]):
        _show(work, table, shape)
    else:
        work.execute(f"DROP FUNCTION IF EXISTS {_function(table)}()")
        own.drop_empty_legacy(work.connection)


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


def _show(work: Work, table: str, shape: Mapping[str, Any]) -> None:
    create_schema(work)
    view, columns = view_of(work.parameters, table), shape["columns"]
    listed = ",\n    ".join(
        f"{view_writes.read(entry)} AS {column(entry['name'])}" for entry in columns
    )
    function = _function(table)
    # In one round trip, since everybody waits for the table's lock.
    statements = [
        f"CREATE VIEW {view} AS SELECT\n    {listed}\nFROM {quoted(table)} AS current",
        *(
            f"ALTER VIEW {view} ALTER COLUMN {column(entry['name'])} SET DEFAULT {entry['default']}"
            for entry in columns
            if entry["default"] is not None
        ),
        view_writes.function(table, function, shape),
        (
            f"CREATE TRIGGER gnkmigrate_write INSTEAD OF INSERT OR UPDATE OR DELETE ON {view}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        ),
    ]
    work.connection.execute("\n;\n".join(statements).encode())
    carry_to_view(work, quoted(table), view)


def _rendered(residue: Residue, work: Work) -> Mapping[str, Any]:
    return {
        name: render(value, work.parameters) if isinstance(value, str) else value
        for name, value in asdict(residue).items()
    }


def _function(table: str) -> str:
    return f"{own.JOURNAL}.{column(own_name('legacy_', *split(table)))}"


def _memory_key(table: str) -> str:
    return f"{SHAPE}{table}"


def _store(work: Work, table: str, shape: Mapping[str, Any]) -> None:
    work.connection.execute(
        "INSERT INTO gnkmigrate.memory (phase, key, value) VALUES (%s, %s, %s)"
        " ON CONFLICT (phase, key) DO UPDATE SET value = excluded.value",
        (NO_PHASE, _memory_key(table), Jsonb(shape)),
    )


def _recall(work: Work, table: str) -> dict[str, Any] | None:
    row = work.connection.execute(
        "SELECT value FROM gnkmigrate.memory WHERE phase = %s AND key = %s",
        (NO_PHASE, _memory_key(table)),
    ).fetchone()
    return row[0] if row else None
