"""The old shape as views, so that the old application goes on after its tables have changed.

A table whose shape is kept (op.keep_shape) gets a view of its old columns in the schema `legacy`,
in the same transaction that changes the table. An application whose search_path is `legacy,
public` uses the table until then and the view from then on; old and new see each other's writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from psycopg.types.json import Jsonb

from gnkmigrate.phases import relation, shadow
from gnkmigrate.phases.conversion import Conversion
from gnkmigrate.phases.names import column, literal, quoted, split
from gnkmigrate.phases.privileges import carry_to_view
from gnkmigrate.phases.shadow import ROW, Residue
from gnkmigrate.phases.template import render
from gnkmigrate.phases.work import Work

SCHEMA = "legacy"

# A shape is kept across phases, so its memory is none's.
_NO_PHASE = ""


def view_of(table: str) -> str:
    """The view that shows a table's old shape, quoted."""
    return quoted(f"{SCHEMA}.{split(table)[1]}")


def keep(work: Work, table: str, key: str) -> None:
    """Remembers the table's columns as they are now, in their order."""
    names = [
        row[0]
        for row in work.execute(
            "SELECT attname::text FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
            f" AND attrelid = {literal(quoted(table))}::regclass ORDER BY attnum"
        ).fetchall()
    ]
    found = relation.columns(work, table, names)
    columns = [
        {"name": name, "default": found[name]["default"], "source": name, "phase": _NO_PHASE}
        for name in names
    ]
    _store(work, table, {"key": key, "columns": columns})


def forget(work: Work, table: str) -> None:
    """Forgets a kept shape."""
    work.connection.execute(
        "DELETE FROM gnkmigrate.memory WHERE phase = %s AND key = %s",
        (_NO_PHASE, _memory_key(table)),
    )


def hide(work: Work, table: str) -> None:
    """Drops the view, if there is one, under the lock that its clients take first."""
    view = view_of(table)
    if work.value(f"SELECT to_regclass({literal(view)}) IS NOT NULL"):
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
    new = {built.source: built for built in shadow.upward(work, table, shape["key"], conversions)}
    old = {built.target: built for built in shadow.downward(work, table, shape["key"], conversions)}
    changes = {change.column: change for change in conversions}
    for entry in shape["columns"]:
        change = changes.get(entry["source"])
        if change is None:
            continue
        entry |= {"source": change.new_name, "phase": work.phase, "before": entry["source"]}
        if change.column in new:
            residue = new[change.column].residue
            entry |= {
                "read": render(old[change.column].value, work.parameters),
                "write": render(new[change.column].value, work.parameters),
                "residue": _rendered(residue, work) if residue else None,
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
            entry |= {"source": entry["before"], "phase": _NO_PHASE}
            for name in ("before", "read", "write", "residue"):
                entry.pop(name, None)
    _store(work, table, shape)
    if any(entry["phase"] != _NO_PHASE for entry in shape["columns"]):
        _show(work, table, shape)
    else:
        work.execute(f"DROP FUNCTION IF EXISTS {_function(table)}()")
        drop_empty_schema(work)


def is_wanted(work: Work) -> bool:
    """Whether the project's old application goes on through views."""
    return work.parameters.get("legacy") != "none"


def create_schema(work: Work) -> None:
    """Makes the schema of the views; whoever may use a view may use the schema."""
    work.execute(
        f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}; GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC;"
        f" COMMENT ON SCHEMA {SCHEMA} IS"
        " 'gnkmigrate: views of the old shape; for clients with search_path = legacy, public'"
    )


def drop_empty_schema(work: Work) -> None:
    """Drops the schema of the views once the last of them is gone."""
    if not work.value(
        f"SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace({literal(SCHEMA)})"
    ):
        work.execute(f"DROP SCHEMA IF EXISTS {SCHEMA}")


def _show(work: Work, table: str, shape: Mapping[str, Any]) -> None:
    create_schema(work)
    view, columns = view_of(table), shape["columns"]
    listed = ",\n    ".join(f"{_read(entry)} AS {column(entry['name'])}" for entry in columns)
    function = _function(table)
    # In one round trip, since everybody waits for the table's lock.
    statements = [
        f"CREATE VIEW {view} AS SELECT\n    {listed}\nFROM {quoted(table)} AS current",
        *(
            f"ALTER VIEW {view} ALTER COLUMN {column(entry['name'])} SET DEFAULT {entry['default']}"
            for entry in columns
            if entry["default"] is not None
        ),
        _writing(table, function, shape),
        (
            f"CREATE TRIGGER gnkmigrate_write INSTEAD OF INSERT OR UPDATE OR DELETE ON {view}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        ),
    ]
    work.connection.execute("\n;\n".join(statements).encode())
    carry_to_view(work, quoted(table), view)


def _read(entry: Mapping[str, Any]) -> str:
    value: str = entry.get("read") or f"{ROW}.{column(entry['source'])}"
    return value.replace(ROW, "current")


def _write(entry: Mapping[str, Any], row: str) -> str:
    value: str = entry.get("write") or f"{ROW}.{column(entry['name'])}"
    return value.replace(ROW, row)


def _writing(table: str, function: str, shape: Mapping[str, Any]) -> str:
    """The function behind INSERT, UPDATE and DELETE on the view.

    What an UPDATE does not change is left alone, and what it changes must still be what the
    client saw: a view's client does not wait for a row's lock before it computes new values, so
    that a write of another one would be lost without a word. Originals are kept first, because a
    trigger of a running downgrade looks them up.
    """
    columns = shape["columns"]
    sources = ", ".join(column(entry["source"]) for entry in columns)
    values = ",\n            ".join(_write(entry, "NEW") for entry in columns)
    assignments = ",\n        ".join(
        f"{column(entry['source'])} = CASE WHEN {_changed(entry)} THEN {_write(entry, 'NEW')}"
        f" ELSE current.{column(entry['source'])} END"
        for entry in columns
    )
    unseen = "\n      AND ".join(
        f"(NOT ({_changed(entry)}) OR current.{column(entry['source'])}::text"
        f" IS NOT DISTINCT FROM ({_write(entry, 'OLD')})::text)"
        for entry in columns
    )
    # An original that the client has not written may have been written by another one since.
    residue = "\n    ".join(
        f"IF TG_OP = 'INSERT' OR {_changed(entry)} THEN\n"
        f"    {shadow.keeping(Residue(**entry['residue']))}\n    END IF;"
        for entry in columns
        if entry.get("residue")
    )
    key, relation_ = column(shape["key"]), quoted(table)
    return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM {relation_} WHERE {key} = OLD.{key};
        RETURN CASE WHEN FOUND THEN OLD END;
    END IF;
    {residue}
    IF TG_OP = 'INSERT' THEN
        INSERT INTO {relation_} ({sources})
        VALUES ({values});
    ELSE
        UPDATE {relation_} AS current SET
        {assignments}
        WHERE current.{key} = OLD.{key}
      AND {unseen};
        IF NOT FOUND THEN
            IF EXISTS (SELECT FROM {relation_} WHERE {key} = OLD.{key}) THEN
                RAISE serialization_failure
                    USING MESSAGE = 'the row was changed by another session',
                          HINT = 'Repeat the transaction.';
            END IF;
            RETURN NULL;
        END IF;
    END IF;
    RETURN NEW;
END
$body$"""


def _changed(entry: Mapping[str, Any]) -> str:
    name = column(entry["name"])
    return f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text"


def _rendered(residue: Residue, work: Work) -> Mapping[str, str]:
    fields = asdict(residue)
    return {name: render(value, work.parameters) for name, value in fields.items()}


def _function(table: str) -> str:
    return quoted(f"gnkmigrate.legacy_{split(table)[1]}")


def _memory_key(table: str) -> str:
    return f"shape {table}"


def _store(work: Work, table: str, shape: Mapping[str, Any]) -> None:
    work.connection.execute(
        "INSERT INTO gnkmigrate.memory (phase, key, value) VALUES (%s, %s, %s)"
        " ON CONFLICT (phase, key) DO UPDATE SET value = excluded.value",
        (_NO_PHASE, _memory_key(table), Jsonb(shape)),
    )


def _recall(work: Work, table: str) -> dict[str, Any] | None:
    row = work.connection.execute(
        "SELECT value FROM gnkmigrate.memory WHERE phase = %s AND key = %s",
        (_NO_PHASE, _memory_key(table)),
    ).fetchone()
    return row[0] if row else None
