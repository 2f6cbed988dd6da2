"""What an application's writes to a view of the old shape become on the table."""

from collections.abc import Mapping
from typing import Any

from gnkmigrate.phases.names import column, literal, quoted
from gnkmigrate.phases.residue import ROW, Residue, alike, keeping
from gnkmigrate.phases.row_key import as_text

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

    What an UPDATE does not change is left alone, and what it changes must still be what the
    client saw: a view's client does not wait for a row's lock before it computes new values, so
    that a write of another one would be lost without a word. Originals are kept first, because a
    trigger of a running downgrade looks them up.

    Args:
        table: "schema.table".
        name: the function's, quoted.
        shape: the old shape, as legacy.py keeps it.
    """
    columns = [entry for entry in shape["columns"] if entry["made"] not in {GENERATED, ALWAYS}]
    inserted = [entry for entry in shape["columns"] if entry["made"] != GENERATED]
    sources = ", ".join(column(entry["source"]) for entry in inserted)
    values = ",\n            ".join(_write(entry, "NEW") for entry in inserted)
    assignments = ",\n        ".join(
        f"{column(entry['source'])} = CASE WHEN {_changed(entry)} THEN {_write(entry, 'NEW')}"
        f" ELSE current.{column(entry['source'])} END"
        for entry in columns
    )
    unseen = "\n      AND ".join(
        f"(NOT ({_changed(entry)}) OR {_is_seen(entry)})" for entry in columns
    )
    # An original that the client has not written may have been written by another one since.
    residue = "\n    ".join(
        f"IF TG_OP = 'INSERT' OR {_changed(entry)} THEN\n"
        f"    {keeping(Residue(**entry['residue']))}\n    END IF;"
        for entry in columns
        if entry.get("residue")
    )
    keys = [entry for entry in shape["columns"] if entry["name"] in shape["key"]]
    key = " AND ".join(
        f"current.{column(entry['source'])} = {_write(entry, 'OLD')}" for entry in keys
    )
    relation_ = quoted(table)
    # What triggers of the table, or PostgreSQL itself, have made of what was sent.
    stored = [entry for entry in shape["columns"] if not entry.get("write")]
    returned = ", ".join(f"current.{column(entry['source'])}" for entry in stored)
    into = ", ".join(f"NEW.{column(entry['name'])}" for entry in stored)
    returning = f"\n        RETURNING {returned} INTO {into}" if stored else ""
    keeping_some = any(entry.get("residue") for entry in columns)
    # What has been kept for a row that a trigger of the table does not let in.
    written = as_text(tuple(shape["key"]), "NEW")
    forgotten = (
        f"DELETE FROM gnkmigrate.residue WHERE relation = {literal(table)} AND key = kept_under;"
        if keeping_some
        else ""
    )
    # Its original may have been replaced by then.
    kept = (
        f"""IF EXISTS (SELECT FROM {relation_} AS current WHERE {key}) THEN
                RAISE object_not_in_prerequisite_state
                    USING MESSAGE = 'a trigger of the table has left the row as it was';
            END IF;"""
        if keeping_some
        else ""
    )
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    kept_under text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM {relation_} AS current WHERE {key};
        RETURN CASE WHEN FOUND THEN OLD END;
    END IF;
    {_making(shape)}
    kept_under := {written};  -- before anything is read back
    {residue}
    IF TG_OP = 'INSERT' THEN
        INSERT INTO {relation_} AS current ({sources}) OVERRIDING SYSTEM VALUE
        VALUES ({values}){returning};
        IF NOT FOUND THEN
            {forgotten}
            RETURN NULL;  -- a trigger of the table has said so
        END IF;
    ELSE
        UPDATE {relation_} AS current SET
        {assignments}
        WHERE {key}
      AND {unseen}{returning};
        IF NOT FOUND THEN
            IF EXISTS (SELECT FROM {relation_} AS current WHERE {key}
      AND NOT ({unseen})) THEN
                RAISE serialization_failure
                    USING MESSAGE = 'the row was changed by another session',
                          HINT = 'Repeat the transaction.';
            END IF;
            {kept}
            RETURN NULL;
        END IF;
    END IF;
    RETURN NEW;
END
$body$"""


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
