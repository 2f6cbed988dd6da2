"""What an application's writes to a view of the old shape become on the table."""

from collections.abc import Mapping
from typing import Any

from gnkmigrate.phases.names import column, literal, quoted
from gnkmigrate.phases.residue import ROW, Residue, alike, keeping, written_key

# What PostgreSQL makes the values of: generated columns, identity columns with their sequences.
GENERATED, ALWAYS, BY_DEFAULT = "generated", "always", "by default"


def read(entry: Mapping[str, Any]) -> str:
    """SQL for what the view shows of a row of the table, whose alias is `current`."""
    value: str = entry.get("read") or f"{ROW}.{column(entry['source'])}"
    return value.replace(ROW, "current")


def _write(entry: Mapping[str, Any], row: str) -> str:
    value: str = entry.get("write") or f"{ROW}.{column(entry['name'])}"
    return value.replace(ROW, row)


def function(table: str, name: str, shape: Mapping[str, Any]) -> str:
    """The function behind INSERT, UPDATE and DELETE on the view.

    Originals are kept first, because a trigger of a running downgrade looks them up.

    Args:
        table: "schema.table".
        name: the function's, quoted.
        shape: the old shape, as legacy.py keeps it.
    """
    kept_under = written_key(tuple(shape["key"]))
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    kept_under text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM {quoted(table)} AS current WHERE {_key(shape)};
        RETURN CASE WHEN FOUND THEN OLD END;
    END IF;
    {_making(shape)}
    kept_under := {kept_under};  -- before anything is read back
    {_keeping(shape)}
    IF TG_OP = 'INSERT' THEN
        {_insert(table, shape)}
    ELSE
        {_update(table, shape)}
    END IF;
    RETURN NEW;
END
$body$"""


def _insert(table: str, shape: Mapping[str, Any]) -> str:
    entries = [entry for entry in shape["columns"] if entry["made"] != GENERATED]
    sources = ", ".join(column(entry["source"]) for entry in entries)
    values = ",\n            ".join(_write(entry, "NEW") for entry in entries)
    return f"""INSERT INTO {quoted(table)} AS current ({sources}) OVERRIDING SYSTEM VALUE
        VALUES ({values}){_returning(shape)};
        IF NOT FOUND THEN  -- a trigger of the table has said so
            {_forgetting(table, shape)}
            RETURN NULL;
        END IF;"""


def _update(table: str, shape: Mapping[str, Any]) -> str:
    """What an UPDATE does not change is left alone, and what it changes must be what was seen.

    A view's client does not wait for a row's lock before it computes new values, so that a write
    of another one would be lost without a word.
    """
    entries = _writable(shape)
    assignments = ",\n        ".join(
        f"{column(entry['source'])} = CASE WHEN {_changed(entry)} THEN {_write(entry, 'NEW')}"
        f" ELSE current.{column(entry['source'])} END"
        for entry in entries
    )
    seen = "\n      AND ".join(
        f"(NOT ({_changed(entry)}) OR {_is_seen(entry)})" for entry in entries
    )
    there = f"SELECT FROM {quoted(table)} AS current WHERE {_key(shape)}"
    # Where originals are kept, that of the row has been replaced by then.
    left_alone = f"""IF EXISTS ({there}) THEN
                RAISE object_not_in_prerequisite_state
                    USING MESSAGE = 'a trigger of the table has left the row as it was';
            END IF;"""
    return f"""UPDATE {quoted(table)} AS current SET
        {assignments}
        WHERE {_key(shape)}
      AND {seen}{_returning(shape)};
        IF NOT FOUND THEN
            IF EXISTS ({there}
      AND NOT ({seen})) THEN
                RAISE serialization_failure
                    USING MESSAGE = 'the row was changed by another session',
                          HINT = 'Repeat the transaction.';
            END IF;
            {left_alone if _keeps(shape) else ""}
            {_forgetting(table, shape)}
            RETURN NULL;
        END IF;"""


def _writable(shape: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [entry for entry in shape["columns"] if entry["made"] not in {GENERATED, ALWAYS}]


def _keeps(shape: Mapping[str, Any]) -> bool:
    return any(entry.get("residue") for entry in shape["columns"])


def _key(shape: Mapping[str, Any]) -> str:
    """The condition on the table's row that the view's row OLD is."""
    return " AND ".join(
        f"current.{column(entry['source'])} = {_write(entry, 'OLD')}"
        for entry in shape["columns"]
        if entry["name"] in shape["key"]
    )


def _keeping(shape: Mapping[str, Any]) -> str:
    """An original that the client has not written may have been written by another one since."""
    return "\n    ".join(
        f"IF TG_OP = 'INSERT' OR {_changed(entry)} THEN\n"
        f"    {keeping(Residue(**entry['residue']))}\n    END IF;"
        for entry in _writable(shape)
        if entry.get("residue")
    )


def _forgetting(table: str, shape: Mapping[str, Any]) -> str:
    """Removes what has been kept of a row that is not there."""
    if not _keeps(shape):
        return ""
    return f"DELETE FROM gnkmigrate.residue WHERE relation = {literal(table)} AND key = kept_under;"


def _returning(shape: Mapping[str, Any]) -> str:
    """What triggers of the table, or PostgreSQL itself, have made of what was sent."""
    entries = [entry for entry in shape["columns"] if not entry.get("write")]
    if not entries:
        return ""
    returned = ", ".join(f"current.{column(entry['source'])}" for entry in entries)
    into = ", ".join(f"NEW.{column(entry['name'])}" for entry in entries)
    return f"\n        RETURNING {returned} INTO {into}"


def _making(shape: Mapping[str, Any]) -> str:
    """What PostgreSQL does about columns whose values it makes, which a view does not know."""
    parts = []
    for entry in shape["columns"]:
        name, changed = column(entry["name"]), _changed(entry)
        if entry["made"] in {GENERATED, ALWAYS}:
            parts.append(
                f"IF TG_OP = 'INSERT' AND NEW.{name} IS NOT NULL"
                f" OR TG_OP = 'UPDATE' AND {changed} THEN\n"
                "        RAISE generated_always USING"
                f" MESSAGE = format('column %I is generated', {literal(entry['name'])});\n"
                "    END IF;"
            )
        if entry["sequence"]:
            parts.append(
                f"IF TG_OP = 'INSERT' AND NEW.{name} IS NULL THEN\n"
                f"        NEW.{name} := nextval({literal(entry['sequence'])}::regclass);\n"
                "    END IF;"
            )
    return "\n    ".join(parts)


def _is_seen(entry: Mapping[str, Any]) -> str:
    """Whether a column still has what the client saw."""
    return alike(f"current.{column(entry['source'])}", _write(entry, "OLD"))


def _changed(entry: Mapping[str, Any]) -> str:
    name = column(entry["name"])
    return f"NOT {alike(f'NEW.{name}', f'OLD.{name}')}"
