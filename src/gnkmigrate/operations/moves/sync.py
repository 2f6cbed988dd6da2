"""The SQL that makes and fills the side table of a move, and keeps it in step with the table.

Before the cutover the table leads, and nobody else writes the side table. From then on either
leads: what the old application writes to columns of ours goes to the side table, what the new one
writes there goes to these columns. A row of the table and its rows of the side table are deleted
and get another key together, by the foreign key.
"""

import hashlib
from collections.abc import Sequence
from functools import partial

from gnkmigrate import own
from gnkmigrate.operations.moves.spec import Move, Part
from gnkmigrate.operations.splits.holding import refuse_old
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync import equality
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.mark import FOLLOWING, NOT_FILLING
from gnkmigrate.run.sync.pinned import COLUMNS_FIRST, PINNED

_UPDATES = "gnkmigrate_updates boolean := TG_OP = 'UPDATE';"


def create(said: Move, sides: Leaving, key_types: Sequence[str]) -> str:
    """The statement that makes the side table.

    Args:
        said: the move.
        sides: before the cutover.
        key_types: of the columns of the table's key, as SQL.
    """
    keys = zip((name for _, name in said.key), key_types, strict=True)
    columns = [f"{column(name)} {type_}" for name, type_ in keys]
    if said.part:
        columns.append(f"{column(said.part)} {said.part_type}")
    columns += [_declared(change, sides.type_of(change)) for change in said.declared]
    columns += [_declared(change, change.type) for change in said.new]
    columns.append(f"PRIMARY KEY ({', '.join(map(column, said.own_key))})")
    listed = ",\n    ".join(columns)
    return f"CREATE TABLE {sides.entity} (\n    {listed}\n)"


def _declared(change: Conversion, type_: str) -> str:
    default = "" if change.default is None else f" DEFAULT {change.default}"
    return f"{column(change.new_name)} {type_}{default}{' NOT NULL' if change.not_null else ''}"


def written(said: Move, sides: Leaving, part: Part, row: str) -> str:
    """What a row of the table is in the side table, as a list in the order of `listed`."""
    keys = [f"{row}.{column(before)}" for before, _ in said.key]
    which = [said.value(part)] if said.part else []
    values = [sides.new_value(row, said.of(part, name)) for name in said.names]
    return ", ".join((*keys, *which, *values))


def listed(said: Move) -> str:
    """The side table's columns that come from the table, with its key."""
    return ", ".join(map(column, (*said.own_key, *said.names)))


def _insert(said: Move, sides: Leaving, part: Part, row: str) -> str:
    new = [column(change.new_name) for change in said.new]
    constants = [change.converted("NULL") for change in said.new]
    names = ", ".join((listed(said), *new))
    values = ", ".join((written(said, sides, part, row), *constants))
    return f"INSERT INTO {sides.entity} AS side ({names}) SELECT {values}"


def is_complete(sides: Leaving, part: Part, row: str) -> str:
    """The condition that a row of the table has all that its row of the side table needs."""
    needed = [
        f"({sides.new_value(row, change)}) IS NOT NULL"
        for change in part.columns
        if change.not_null
    ]
    return " AND ".join((sides.is_present(row, part.columns), *needed))


def fill(said: Move, sides: Leaving) -> str:
    """Statements that make the side table's rows of a batch."""
    return ";\n".join(
        f"{_insert(said, sides, part, 'filled')} FROM {sides.table} AS filled"
        f" WHERE :batch AND {is_complete(sides, part, 'filled')} ON CONFLICT DO NOTHING"
        for part in said.parts
    )


def is_of(said: Move, sides: Leaving, part: Part, row: str, entity: str = "side") -> str:
    """The condition that a row of the side table is of this row of the table, and this part."""
    same = equality.all_equal(
        [f"{entity}.{column(new)}" for _, new in said.key],
        [f"{row}.{column(old)}" for old, _ in said.key],
        _operators(said, sides),
    )
    return f"{same} AND {is_part(said, part, entity)}"


def _operators(said: Move, sides: Leaving) -> list[str]:
    """Those by which keys are equal."""
    return [sides.equalities.get(old, equality.EQUAL) for old, _ in said.key]


def is_part(said: Move, part: Part, entity: str) -> str:
    """The condition that a row of the side table is of this part."""
    return f"{entity}.{column(said.part)} = {said.value(part)}" if said.part else "true"


def _upsert(said: Move, sides: Leaving, part: Part) -> str:
    """Writes what a row says; of a row that was there before, what has changed."""
    assigned = ", ".join(
        f"{column(name)} = CASE WHEN gnkmigrate_updates AND {_unchanged(said, sides, part, name)}"
        f" THEN side.{column(name)} ELSE excluded.{column(name)} END"
        for name in said.names
    )
    key = ", ".join(map(column, said.own_key))
    insert = _insert(said, sides, part, "NEW")
    return f"{insert}\n    ON CONFLICT ({key}) DO UPDATE SET {assigned};"


def _unchanged(said: Move, sides: Leaving, part: Part, name: str) -> str:
    old = sides.old(said.of(part, name))
    return alike(f"NEW.{old}", f"OLD.{old}")


def follow(said: Move, sides: Leaving) -> str:
    """Statements that make the triggers by which the side table follows, before the cutover."""
    keys = [column(before) for before, _ in said.key]
    before, after = (", ".join(f"{row}.{key}" for key in keys) for row in ("OLD", "NEW"))
    moved = f"NOT {alike(before, after)}"
    blocks = "\n".join(_followed(said, sides, part, moved) for part in said.parts)
    body = f"""
IF TG_OP = 'TRUNCATE' THEN
    -- A DELETE would not see what has come since the snapshot of a REPEATABLE READ client.
    TRUNCATE {sides.entity};
    EXIT follow;
END IF;
{blocks}"""
    called, table = said.function("follow"), sides.table
    rows, all_ = (_trigger(said, each) for each in ("rows", "all"))
    return (
        said.following.follower(called, body, _UPDATES)
        + said.following.trigger(rows, "AFTER INSERT OR UPDATE OR DELETE", table, called)
        + said.following.trigger(all_, "AFTER TRUNCATE", table, called, each="STATEMENT")
    )


def _followed(said: Move, sides: Leaving, part: Part, moved: str) -> str:
    complete = f"({is_complete(sides, part, 'NEW')})"
    # An INSERT meets what a REPEATABLE READ client does not see, which repeats its transaction.
    return f"""
IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND ({moved} OR NOT {complete}) THEN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        {_insert(said, sides, part, "OLD")}
        WHERE {is_complete(sides, part, "OLD")} ON CONFLICT DO NOTHING;
    END IF;
    DELETE FROM {sides.entity} AS side WHERE {is_of(said, sides, part, "OLD")};
END IF;
IF TG_OP IN ('INSERT', 'UPDATE') AND {complete}
   AND (TG_OP = 'INSERT' OR {moved} OR NOT {_same(sides, part)}) THEN
    {_upsert(said, sides, part)}
END IF;"""


def follow_no_more(said: Move) -> str:
    """Statements that drop them."""
    return ";\n".join(
        (
            *(
                f"DROP TRIGGER IF EXISTS {_trigger(said, each)} ON {quoted(said.table)}"
                for each in ("rows", "all")
            ),
            f"DROP FUNCTION IF EXISTS {said.function('follow')}()",
        )
    )


def keep_in_step(said: Move, sides: Leaving) -> str:
    """Statements that make the triggers on both tables, from the cutover on."""
    return ";\n".join((_old_to_new(said, sides), _new_to_old(said, sides)))


def _old_to_new(said: Move, sides: Leaving) -> str:
    """What the old application writes; it comes after the foreign key has acted, called RI_..."""
    blocks = "\n".join(
        f"""
IF TG_OP = 'UPDATE' AND NOT {sides.is_present("NEW", part.columns)} THEN
    DELETE FROM {sides.entity} AS side WHERE {is_of(said, sides, part, "NEW")};
ELSIF {sides.is_present("NEW", part.columns)}
      AND (TG_OP = 'INSERT' OR NOT {_same(sides, part)}) THEN
    {_upsert(said, sides, part)}
END IF;"""
        for part in said.parts
    )
    changes = said.columns
    changed = f"NOT {alike(sides.old_values('NEW', changes), sides.old_values('OLD', changes))}"
    called, table = said.function("to_new"), sides.table
    made = [
        said.following.follower(called, blocks, _UPDATES),
        *(
            f"CREATE TRIGGER {_trigger(said, f'to_new_{event}')} AFTER {event} ON {table}"
            f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {called}();"
            f" ALTER TABLE {table} ENABLE ALWAYS TRIGGER {_trigger(said, f'to_new_{event}')};"
            for event, condition in (
                ("INSERT", f"{_not_ours(said)} AND {sides.is_present('NEW')}"),
                ("UPDATE", f"{_not_ours(said)} AND {changed}"),
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
        f" WHEN ({_not_ours(said)} AND NOT {alike(before, after)})"
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
    return column(own_name("A_gnkmigrate_key_", said.entity)), _trigger(said, "key")


def _same(sides: Leaving, part: Part) -> str:
    return alike(sides.old_values("NEW", part.columns), sides.old_values("OLD", part.columns))


def _refusing(said: Move, sides: Leaving, changed: str) -> str:
    """What the old columns, and the new ones, refuse to the old application."""
    refused = "\n    ".join(refuse_old(sides))
    called, mark, table = said.function("required"), literal(_mark(said)), sides.table
    triggers = "\n".join(
        f"CREATE TRIGGER {_trigger(said, f'required_{event}')} BEFORE {event} ON {table}"
        f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {called}();"
        f" ALTER TABLE {table} ENABLE ALWAYS TRIGGER {_trigger(said, f'required_{event}')};"
        for event, condition in (
            ("INSERT", _not_ours(said)),
            ("UPDATE", f"{_not_ours(said)} AND {changed}"),
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
    same = equality.all_equal(old, new, [*_operators(said, sides), equality.EQUAL])
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
    rows, all_ = (_trigger(said, each) for each in ("to_old", "to_old_all"))
    return (
        said.following.follower(called, body)
        + said.following.trigger(rows, "AFTER INSERT OR UPDATE OR DELETE", entity, called)
        + said.following.trigger(all_, "AFTER TRUNCATE", entity, called, each="STATEMENT")
    )


def _taken(said: Move, sides: Leaving, part: Part) -> str:
    emptied = ", ".join(f"{sides.old(change)} = NULL" for change in part.columns)
    return f"""
    UPDATE {sides.table} AS other SET {emptied}
    WHERE {is_of(said, sides, part, "other", "OLD")}
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
    WHERE {is_of(said, sides, part, "other", "NEW")} AND NOT ({" AND ".join(says)});"""


def keep_no_more(said: Move) -> str:
    """Statements that drop the triggers on both tables."""
    on_table = ("to_new_INSERT", "to_new_UPDATE", "required_INSERT", "required_UPDATE")
    on_entity = ("to_old", "to_old_all")
    named = {
        said.table: [*map(partial(_trigger, said), on_table), *_key_triggers(said)],
        said.entity: [_trigger(said, each) for each in on_entity],
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
    mark = f", {literal(_mark(said))}" if refuse_old(sides) else ""
    return [
        f"{own.JOURNAL}.kept({first}{mark})",
        *(f"{own.JOURNAL}.kept({null})" for null in others),
    ]


def _mark(said: Move) -> str:
    """A setting of the session, whose name says whose mark it is."""
    digest = hashlib.sha256(f"{said.table}\x00{said.entity}".encode()).hexdigest()[:16]
    return f"{own.JOURNAL}.row_{digest}"


def _trigger(said: Move, what: str) -> str:
    """Its name, quoted; triggers of one event fire in the order of their names."""
    return column(own_name(f"zz_gnkmigrate_{what.lower()}_", said.entity))


def _not_ours(said: Move) -> str:
    return f"{said.following.alone} AND {NOT_FILLING}"
