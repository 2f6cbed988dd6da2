"""The SQL that keeps the table and the side table in step from the cutover on, when either leads.

What the old application writes to columns of ours goes to the side table, what the new one writes
there goes to these columns. A row of the table and its rows of the side table are deleted and get
another key together, by the foreign key.
"""

from functools import partial

from gnkmigrate import own_objects
from gnkmigrate.operations.moves import sync
from gnkmigrate.operations.moves.spec import Move, Part
from gnkmigrate.operations.splits.holding import refuse_old
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync import type_operators
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.function_settings import COLUMNS_FIRST, PINNED
from gnkmigrate.run.sync.session_mark import FOLLOWING


def keep_in_step(said: Move, sides: Leaving) -> str:
    """Statements that make the triggers on both tables, from the cutover on."""
    return ";\n".join((_old_to_new(said, sides), _new_to_old(said, sides)))


def _old_to_new(said: Move, sides: Leaving) -> str:
    """What the old application writes; it comes after the foreign key has acted, called RI_..."""
    blocks = "\n".join(
        f"""
IF TG_OP = 'UPDATE' AND NOT {sides.is_present("NEW", part.columns)} THEN
    DELETE FROM {sides.entity} AS side WHERE {sync.is_of(said, sides, part, "NEW")};
ELSIF {sides.is_present("NEW", part.columns)}
      AND (TG_OP = 'INSERT' OR NOT {sync.same(sides, part)}) THEN
    {sync.upsert(said, sides, part)}
END IF;"""
        for part in said.parts
    )
    changes = said.columns
    changed = f"NOT {alike(sides.old_values('NEW', changes), sides.old_values('OLD', changes))}"
    called, table = said.function("to_new"), sides.table
    made = [
        said.following.follower(called, blocks, sync.UPDATES, [sides.entity]),
        *(
            f"CREATE TRIGGER {sync.trigger(said, f'to_new_{event}')} AFTER {event} ON {table}"
            f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {called}();"
            f" ALTER TABLE {table} ENABLE ALWAYS TRIGGER {sync.trigger(said, f'to_new_{event}')};"
            for event, condition in (
                ("INSERT", f"{sync.not_ours(said)} AND {sides.is_present('NEW')}"),
                ("UPDATE", f"{sync.not_ours(said)} AND {changed}"),
            )
        ),
    ]
    made.append(_cascading(said))
    if refuse_old(sides):
        made.append(_refusing(said, sides, changed))
    return "\n".join(made)


def _cascading(said: Move) -> str:
    """While the foreign key gives the side table's rows another key, they say nothing new.

    What is to come before the foreign key's trigger, which is called RI_..., begins with A.
    """
    called, table, follows = said.function("key"), quoted(said.table), said.following
    before, after = (
        ", ".join(f"{row}.{column(name)}" for name, _ in said.key) for row in ("OLD", "NEW")
    )
    triggers = "\n".join(
        f"CREATE TRIGGER {name} AFTER UPDATE ON {table} FOR EACH ROW"
        f" WHEN ({sync.not_ours(said)} AND NOT {alike(before, after)})"
        f" EXECUTE FUNCTION {called}({value});"
        f" ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"
        for name, value in zip(_key_triggers(said), ("'on'", "''"), strict=True)
    )
    return f"""
CREATE OR REPLACE FUNCTION {called}() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF TG_ARGV[0] = 'on' THEN
        PERFORM set_config({literal(FOLLOWING)}, {follows.begun}, true);
    ELSE
        PERFORM set_config({literal(FOLLOWING)}, {follows.ended}, true);
    END IF;
    RETURN NULL;
END
$body$;
{triggers}"""


def _key_triggers(said: Move) -> tuple[str, str]:
    return column(own_name("A_gnkmigrate_key_", said.entity)), sync.trigger(said, "key")


def _refusing(said: Move, sides: Leaving, changed: str) -> str:
    """What the old columns, and the new ones, refuse to the old application."""
    refused = "\n    ".join(refuse_old(sides))
    called, mark, table = said.function("required"), literal(sync.mark(said)), sides.table
    triggers = "\n".join(
        f"CREATE TRIGGER {sync.trigger(said, f'required_{event}')} BEFORE {event} ON {table}"
        f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {called}();"
        f" ALTER TABLE {table} ENABLE ALWAYS TRIGGER {sync.trigger(said, f'required_{event}')};"
        for event, condition in (
            ("INSERT", sync.not_ours(said)),
            ("UPDATE", f"{sync.not_ours(said)} AND {changed}"),
        )
    )
    return f"""
CREATE OR REPLACE FUNCTION {called}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {PINNED} AS $body$
{COLUMNS_FIRST}
BEGIN
    -- The new application, for which the default has left a mark.
    IF TG_OP = 'INSERT' AND NOT {sides.is_present("NEW")} AND current_setting({mark}, true) = 'new'
    THEN
        PERFORM set_config({mark}, '', true);
        RETURN NEW;
    END IF;
    {refused}
    RETURN NEW;
END
$body$;
{triggers}"""


def _new_to_old(said: Move, sides: Leaving) -> str:
    """What the new application writes to the side table."""
    taken, given = (
        "\n".join(make(said, sides, part) for part in said.parts) for make in (_taken, _given)
    )
    old, new = ([f"{row}.{column(name)}" for name in said.own_key] for row in ("OLD", "NEW"))
    same = type_operators.all_equal(old, new, [*sync.operators(said, sides), type_operators.EQUAL])
    emptied = ", ".join(f"{sides.old(change)} = NULL" for change in said.columns)
    body = f"""
IF TG_OP = 'TRUNCATE' THEN
    UPDATE {sides.table} AS other SET {emptied} WHERE {sides.is_present("other")};
    EXIT follow;
END IF;
IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NOT {same} THEN
{taken}
END IF;
IF TG_OP IN ('INSERT', 'UPDATE') THEN
{given}
END IF;"""
    called, entity = said.function("to_old"), sides.entity
    rows, all_ = (sync.trigger(said, each) for each in ("to_old", "to_old_all"))
    return (
        said.following.follower(called, body, shows=[sides.table])
        + said.following.trigger(rows, "AFTER INSERT OR UPDATE OR DELETE", entity, called)
        + said.following.trigger(all_, "AFTER TRUNCATE", entity, called, each="STATEMENT")
    )


def _taken(said: Move, sides: Leaving, part: Part) -> str:
    emptied = ", ".join(f"{sides.old(change)} = NULL" for change in part.columns)
    return f"""
    UPDATE {sides.table} AS other SET {emptied}
    WHERE {sync.is_of(said, sides, part, "other", "OLD")}
      AND {sides.is_present("other", part.columns)};"""


def _given(said: Move, sides: Leaving, part: Part) -> str:
    says = [sides.says("other", change, "NEW") for change in part.columns]
    values = ",\n        ".join(
        f"{sides.old(change)} = CASE WHEN {said_so} THEN other.{sides.old(change)}"
        f" ELSE {sides.way_back(change)}(NEW.{column(change.new_name)}) END"
        for change, said_so in zip(part.columns, says, strict=True)
    )
    return f"""
    UPDATE {sides.table} AS other SET
        {values}
    WHERE {sync.is_of(said, sides, part, "other", "NEW")} AND NOT ({" AND ".join(says)});"""


def keep_no_more(said: Move) -> str:
    """Statements that drop the triggers on both tables."""
    on_table = ("to_new_INSERT", "to_new_UPDATE", "required_INSERT", "required_UPDATE")
    on_entity = ("to_old", "to_old_all")
    named = {
        said.table: [*map(partial(sync.trigger, said), on_table), *_key_triggers(said)],
        said.entity: [sync.trigger(said, each) for each in on_entity],
    }
    triggers = [
        f"DROP TRIGGER IF EXISTS {name} ON {quoted(table)}"
        for table, names in named.items()
        for name in names
    ]
    functions = [
        f"DROP FUNCTION IF EXISTS {said.function(each)}()"
        for each in ("to_new", "required", "key", "to_old")
    ]
    return ";\n".join((*triggers, *functions))


def defaults(said: Move, sides: Leaving) -> list[str]:
    """SQL for the defaults of the old columns from the cutover on; the first leaves the mark."""
    nulls = [f"NULL::{sides.before[change.column]['type']}" for change in said.columns]
    first, *others = nulls
    mark = f", {literal(sync.mark(said))}" if refuse_old(sides) else ""
    return [
        f"{own_objects.JOURNAL}.kept({first}{mark})",
        *(f"{own_objects.JOURNAL}.kept({null})" for null in others),
    ]
