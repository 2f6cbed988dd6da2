"""The triggers that keep a table and the entity that is made of its columns in step.

Before the cutover the table leads. To which entity a row belongs is decided before it is written,
and the entity is made after it: INSERT ... ON CONFLICT comes by with rows that are never written.

From the cutover on either leads. A row that the old application writes through its view says
values, one that the new application writes says a link; what the new application writes to an
entity goes to all the rows that have a link to it. Which of them inserts a row is told as for
converted columns (see in_step.py), by a mark that the default of an old column leaves.
"""

import hashlib
from collections.abc import Mapping

from gnkmigrate import own_objects
from gnkmigrate.operations.splits import entity
from gnkmigrate.operations.splits.holding import refuse_old
from gnkmigrate.operations.splits.sides import Sides
from gnkmigrate.operations.splits.spec import Split
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.function_settings import COLUMNS_FIRST, PINNED
from gnkmigrate.run.sync.session_mark import not_filling, oid


def functions(sides: Sides, next_key: str) -> str:
    """Statements that make the functions of the triggers on the table, or make them anew.

    Args:
        sides: before the cutover, or from then on.
        next_key: SQL that gives a new row of the entity its key.
    """
    return f"{_link(sides, next_key)};\n{entity_function(sides)}"


def triggers(sides: Sides, key: Columns = ()) -> str:
    """Statements that make the triggers on the table.

    Args:
        sides: before the cutover, or from then on.
        key: the table's, until the cutover: a row whose key changes may come to be where the
            backfill has been already.
    """
    spec = sides.said
    names = [sides.link, *(sides.old(change) for change in spec.columns), *map(column, key)]
    before, after = (", ".join(f"{row}.{name}" for name in names) for row in ("OLD", "NEW"))
    changed = f"{_not_ours(spec, spec.table)} AND NOT {alike(before, after)}"
    return ";\n".join(
        _each_row(sides, moment, kind, event, condition)
        for moment, kind in (("BEFORE", "link"), ("AFTER", "entity"))
        for event, condition in (("INSERT", _not_ours(spec, spec.table)), ("UPDATE", changed))
    )


def before(sides: Sides, kind: str, conditions: Mapping[str, str]) -> str:
    """Statements that make triggers on the table that fire before a row is written.

    Args:
        sides: before the cutover, or from then on.
        kind: of their function.
        conditions: of each event.
    """
    return ";\n".join(
        _each_row(
            sides,
            "BEFORE",
            kind,
            event,
            f"{_not_ours(sides.said, sides.said.table)} AND {condition}",
        )
        for event, condition in conditions.items()
    )


def _each_row(sides: Sides, moment: str, kind: str, event: str, condition: str) -> str:
    spec, table, name = sides.said, sides.table, _trigger(sides.said, kind, event)
    return (
        f"CREATE TRIGGER {name} {moment} {event} ON {table}"
        f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {spec.function(kind)}();\n"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
    )


def drop_triggers(spec: Split) -> str:
    """Statements that drop them, and their functions."""
    kinds = ("link", "entity")
    return ";\n".join(
        (
            *(
                f"DROP TRIGGER IF EXISTS {_trigger(spec, kind, event)} ON {quoted(spec.table)}"
                for kind in kinds
                for event in ("INSERT", "UPDATE")
            ),
            *(f"DROP FUNCTION IF EXISTS {spec.function(kind)}()" for kind in kinds),
        )
    )


def lead(sides: Sides) -> str:
    """Statements that make the entity's trigger, which leads from the cutover on."""
    spec = sides.said
    back = ",\n    ".join(
        f"{sides.old(change)} = CASE WHEN {alike(*_both(change.new_name))}"
        f" THEN other.{sides.old(change)}"
        f" ELSE {sides.way_back(change)}(NEW.{column(change.new_name)}) END"
        for change in spec.columns
    )
    body = f"""
UPDATE {sides.table} AS other SET
    {back}
WHERE other.{sides.link} = NEW.{sides.key};"""
    names = [change.new_name for change in spec.columns]
    before, after = (", ".join(f"{row}.{column(name)}" for name in names) for row in ("OLD", "NEW"))
    name = _trigger(spec, "lead", "UPDATE")
    return f"""{spec.following.follower(spec.function("lead"), body, shows=[sides.table])}
CREATE TRIGGER {name} AFTER UPDATE ON {sides.entity} FOR EACH ROW
    WHEN ({_not_ours(spec, spec.entity)} AND NOT {alike(before, after)})
    EXECUTE FUNCTION {spec.function("lead")}();
ALTER TABLE {sides.entity} ENABLE ALWAYS TRIGGER {name}"""


def lead_no_more(spec: Split) -> str:
    """Statements that drop it."""
    return (
        f"DROP TRIGGER IF EXISTS {_trigger(spec, 'lead', 'UPDATE')} ON {quoted(spec.entity)};\n"
        f"DROP FUNCTION IF EXISTS {spec.function('lead')}()"
    )


def defaults(sides: Sides) -> list[str]:
    """SQL for the defaults of the old columns from the cutover on; the first leaves the mark."""
    nulls = [f"NULL::{sides.before[change.column]['type']}" for change in sides.said.columns]
    first, *others = nulls
    return [
        f"{own_objects.JOURNAL}.kept({first}, {literal(_mark(sides))})",
        *(f"{own_objects.JOURNAL}.kept({null})" for null in others),
    ]


def _both(name: str) -> tuple[str, str]:
    return f"NEW.{column(name)}", f"OLD.{column(name)}"


def _trigger(spec: Split, kind: str, event: str) -> str:
    """A trigger's name, quoted; triggers fire in the order of their names.

    What decides comes after the user's triggers, whose changes it must see. What makes an entity
    comes before the foreign key is asked, whose triggers are called RI_...
    """
    place = "A_gnkmigrate" if kind == "entity" else "zz_gnkmigrate"
    return column(own_name(f"{place}_{kind}_{event.lower()}_", spec.link))


def _mark(sides: Sides) -> str:
    """A setting of the session, whose name says whose mark it is."""
    said = f"{sides.said.table}\x00{sides.said.link}\x00{sides.phase}"
    return f"{own_objects.JOURNAL}.row_{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _link(sides: Sides, next_key: str) -> str:
    """Before a row is written: to which entity it has a link."""
    spec, link = sides.said, sides.link
    same = alike(
        sides.old_values("NEW", spec.identifying), sides.old_values("OLD", spec.identifying)
    )
    if sides.is_cut_over:
        refused = "\n    ".join(refuse_old(sides))
        begins = f"""
    IF TG_OP = 'INSERT' AND NOT {sides.is_present("NEW")}
       AND current_setting({literal(_mark(sides))}, true) = 'new' THEN
        PERFORM set_config({literal(_mark(sides))}, '', true);
        {take(sides)}
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' AND NEW.{link} IS DISTINCT FROM OLD.{link} THEN
        {take(sides)}
        RETURN NEW;
    END IF;
    {refused}
    IF TG_OP = 'UPDATE' AND {same} THEN
        RETURN NEW;
    END IF;"""
        otherwise = f"""ELSIF {sides.is_present("NEW")} THEN
        RAISE not_null_violation USING
            MESSAGE = format('a row of %I needs a value in each of: %s', {literal(spec.entity)},
                             {literal(", ".join(change.column for change in spec.identifying))}),
            DETAIL = 'By these the rows of the table are told apart, and an index holds them.';
    """
    else:
        begins = f"""
    IF TG_OP = 'UPDATE' AND OLD.{link} IS NOT NULL AND {same} THEN
        NEW.{link} := OLD.{link};
        RETURN NEW;
    END IF;"""
        otherwise = ""
    return f"""
CREATE OR REPLACE FUNCTION {spec.function("link")}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {PINNED} AS $body$
{COLUMNS_FIRST}
DECLARE
    known {sides.entity}.{sides.key}%TYPE;
BEGIN{begins}
    IF {sides.is_present("NEW")} AND {sides.is_identified("NEW")} THEN
        -- Whoever gives the entity another identity just now is waited for.
        SELECT entity.{sides.key} INTO known FROM {sides.entity} AS entity
        WHERE {sides.is_entity_of("NEW")} FOR KEY SHARE;
        NEW.{link} := coalesce(known, {next_key});
    {otherwise}ELSE
        NEW.{link} := NULL;
    END IF;
    RETURN NEW;
END
$body$"""


def take(sides: Sides) -> str:
    """The old columns say what the entity does; whoever changes it just now is waited for.

    Where they say so already, in their own words, they are left alone.
    """
    changes = sides.said.columns
    values = ", ".join(
        f"CASE WHEN {sides.says('NEW', change)} THEN NEW.{sides.old(change)}"
        f" ELSE {sides.way_back(change)}(entity.{column(change.new_name)}) END"
        for change in changes
    )
    return (
        f"SELECT {values} INTO {sides.old_values('NEW', changes)}\n"
        f"        FROM {sides.entity} AS entity"
        f" WHERE entity.{sides.key} = NEW.{sides.link} FOR SHARE;"
    )


def entity_function(sides: Sides) -> str:
    """After a row is written: its entity is there, and says what the row has said last."""
    spec, link, key = sides.said, sides.link, sides.key
    identity = ", ".join(map(column, spec.identity))
    told = "\n".join(_told(sides, place) for place in range(len(spec.telling)))
    body = f"""
IF NEW.{link} IS NULL THEN
    EXIT follow;
END IF;
SELECT * INTO this FROM {sides.entity} AS entity WHERE entity.{key} = NEW.{link};
IF NOT FOUND AND {sides.is_present("NEW")} AND {sides.is_identified("NEW")} THEN
    {entity.insert(sides, key)}
    VALUES (NEW.{link}, {entity.written(sides, "NEW")})
    ON CONFLICT ({identity}) DO NOTHING;
    IF FOUND THEN
        EXIT follow;
    END IF;
    -- Another row of the same statement, or another session, has made it.
    SELECT * INTO this FROM {sides.entity} AS entity
    WHERE {sides.is_entity_of("NEW")} FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE serialization_failure USING
            MESSAGE = {literal(f"another session has just made the same row of {spec.entity}")},
            HINT = 'Repeat the transaction.';
    END IF;
    UPDATE {sides.table} AS linked SET {link} = this.{key} WHERE linked.{link} = NEW.{link};
END IF;
{told}"""
    # Until the cutover it is the owner's alone, and says what the table does.
    shows = [sides.table, *([sides.entity] if sides.is_cut_over else [])]
    declare = f"this {sides.entity}%ROWTYPE;"
    return spec.following.follower(spec.function("entity"), body, declare, shows)


def _told(sides: Sides, place: int) -> str:
    """One of the columns that say something about an entity: what was written last counts."""
    change = sides.said.telling[place]
    new, old = column(change.new_name), sides.old(change)
    said = alike(f"NEW.{old}", f"OLD.{old}")
    also = f"""
    UPDATE {sides.table} AS other SET {old} = NEW.{old}
    WHERE other.{sides.link} = this.{sides.key} AND NOT {alike(f"other.{old}", f"NEW.{old}")};"""
    return f"""
IF (TG_OP = 'INSERT' OR NEW.{sides.link} IS DISTINCT FROM OLD.{sides.link} OR NOT {said})
   AND NOT {sides.says("NEW", change, "this")} THEN
    UPDATE {sides.entity} AS entity SET {new} = {sides.new_value("NEW", change)}
    WHERE entity.{sides.key} = this.{sides.key};{also if sides.is_cut_over else ""}
END IF;"""


def _not_ours(spec: Split, table: str) -> str:
    on = quoted(table)
    return f"{spec.following.alone(on)} AND {not_filling(oid(on))}"
