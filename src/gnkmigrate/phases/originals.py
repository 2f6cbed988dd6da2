"""Originals stay with their rows: they follow a key that changes, and go when their row goes.

They are kept in gnkmigrate.residue under the text of the row's key. Without these triggers a row
that takes the key of another, or a new one with the key of one that was deleted, would get what was
somebody else's on the way back.
"""

from gnkmigrate.phases.names import literal, quoted, split
from gnkmigrate.phases.own_names import own_name
from gnkmigrate.phases.residue import alike
from gnkmigrate.phases.row_key import Columns, as_text, listed

_TRIGGER = "zz_gnkmigrate_originals"


def follow(table: str, key: Columns) -> str:
    """Statements that make the triggers of a table, or make them anew.

    A key is unique at every moment, so a row finds its new place free, and these triggers, which
    fire in the order of the rows, find it free as well.

    Args:
        table: "schema.table".
        key: the columns of its key, as they are called now.
    """
    function, on, relation = _function(table), quoted(table), literal(table)
    before, after = as_text(key, "OLD"), as_text(key, "NEW")
    unchanged = alike(listed(key, "OLD"), listed(key, "NEW"))
    triggers = "".join(
        f"CREATE OR REPLACE TRIGGER {_TRIGGER}{name} AFTER {event} ON {on} FOR EACH {each}\n"
        f"    EXECUTE FUNCTION {function}();\n"
        f"ALTER TABLE {on} ENABLE ALWAYS TRIGGER {_TRIGGER}{name};\n"
        for name, (event, each) in {
            "": ("UPDATE", f"ROW WHEN (NOT ({unchanged}))"),
            "_deleted": ("DELETE", "ROW"),
            "_emptied": ("TRUNCATE", "STATEMENT"),
        }.items()
    )
    return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM gnkmigrate.residue WHERE relation = {relation} AND key = {before};
    ELSIF TG_OP = 'TRUNCATE' THEN
        DELETE FROM gnkmigrate.residue WHERE relation = {relation};
    ELSE
        UPDATE gnkmigrate.residue SET key = {after}
        WHERE relation = {relation} AND key = {before};
    END IF;
    RETURN NULL;
END
$body$;
{triggers}"""


def leave(table: str) -> str:
    """Statements that drop them, where they are."""
    drops = "".join(
        f"DROP TRIGGER IF EXISTS {_TRIGGER}{name} ON {quoted(table)};\n"
        for name in ("", "_deleted", "_emptied")
    )
    return f"{drops}DROP FUNCTION IF EXISTS {_function(table)}();\n"


def _function(table: str) -> str:
    return quoted(f"gnkmigrate.{own_name('originals_', *split(table))}")
