"""The triggers that keep a table in step with one to whose rows it refers.

Before the cutover that one leads: a row gets its values before it is written, and what is written
there goes to all rows that refer to it. From then on either leads, as for a split: a row that the
new application writes says values, one that the old application writes through its view says to
which row it refers. Whoever inserts values is the new application, since the view does not have
them.
"""

from gnkmigrate.operations.joins.sides import Shared
from gnkmigrate.operations.joins.spec import Join
from gnkmigrate.operations.splits import sync
from gnkmigrate.run.names import literal
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.function_settings import COLUMNS_FIRST, PINNED

_KIND = "link"


def follow(sides: Shared) -> str:
    """Statements that make the triggers by which the table follows, before the cutover."""
    split = sides.split
    body = f"{sync.take(split)}\nRETURN NEW;"
    refers_anew = f"NEW.{split.link} IS DISTINCT FROM OLD.{split.link}"
    triggers = sync.before(split, _KIND, {"INSERT": "true", "UPDATE": refers_anew})
    return f"{_decides(sides, body)};\n{triggers};\n{sync.lead(split)}"


def follow_no_more(said: Join) -> str:
    """Statements that drop the triggers, of whichever time."""
    split = said.split(said.side)
    return f"{sync.lead_no_more(split)};\n{sync.drop_triggers(split)}"


def turn(sides: Shared, next_key: str) -> str:
    """Statements that make the triggers from the cutover on.

    Args:
        sides: from the cutover on.
        next_key: SQL that gives a new row of the side table its key.
    """
    split = sides.split
    functions = (_decides(sides, _decided(sides, next_key)), sync.entity_function(split))
    return ";\n".join((*functions, sync.triggers(split), sync.lead(split)))


def turn_no_more(sides: Shared) -> str:
    """Statements that drop them."""
    split = sides.split.said
    return f"{sync.lead_no_more(split)};\n{sync.drop_triggers(split)}"


def _decides(sides: Shared, body: str) -> str:
    split = sides.split
    return f"""
CREATE OR REPLACE FUNCTION {split.said.function(_KIND)}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {PINNED} AS $body$
{COLUMNS_FIRST}
DECLARE
    known {split.entity}.{split.key}%TYPE;
BEGIN
{body}
END
$body$"""


def _decided(sides: Shared, next_key: str) -> str:
    """Before a row is written: who writes, and to which row it refers."""
    split, said = sides.split, sides.said
    link, columns = split.link, split.said.identifying
    same = alike(split.old_values("NEW", columns), split.old_values("OLD", columns))
    needs = f"""RAISE not_null_violation USING
        MESSAGE = {literal(f"a row of {said.table} needs a value in each of: {_names(said)}")},
        HINT = 'They say which row of the old shape it belongs to, until gnkmigrate contract.';"""
    nothing = needs if sides.required else f"NEW.{link} := NULL;"
    return f"""
IF TG_OP = 'INSERT' AND NEW.{link} IS NOT NULL AND NOT {split.is_present("NEW")}
   OR TG_OP = 'UPDATE' AND NEW.{link} IS DISTINCT FROM OLD.{link} THEN
    {sync.take(split)}
ELSIF TG_OP = 'UPDATE' AND {same} AND (NEW.{link} IS NOT NULL) = {split.is_present("NEW")} THEN
    NULL;
ELSIF {split.is_present("NEW")} AND {split.is_identified("NEW")} THEN
    -- Whoever gives that row another identity just now is waited for.
    SELECT entity.{split.key} INTO known FROM {split.entity} AS entity
    WHERE {split.is_entity_of("NEW")} FOR KEY SHARE;
    NEW.{link} := coalesce(known, {next_key});
ELSIF {split.is_present("NEW")} THEN
    {needs}
ELSE
    {nothing}
END IF;
RETURN NEW;"""


def _names(said: Join) -> str:
    names = dict(said.columns)
    return ", ".join(names[name] for name in said.identity)
