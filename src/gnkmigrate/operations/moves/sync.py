"""The SQL that makes and fills the side table of a move, and follows the table until the cutover.

Until then the table leads, and nobody else writes the side table.
"""

import hashlib
from collections.abc import Sequence

from gnkmigrate import own_objects
from gnkmigrate.operations.moves.spec import Move, Part
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync import type_operators
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.session_mark import not_filling, oid

UPDATES = "gnkmigrate_updates boolean := TG_OP = 'UPDATE';"


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
    same = type_operators.all_equal(
        [f"{entity}.{column(new)}" for _, new in said.key],
        [f"{row}.{column(old)}" for old, _ in said.key],
        operators(said, sides),
    )
    return f"{same} AND {is_part(said, part, entity)}"


def operators(said: Move, sides: Leaving) -> list[str]:
    """Those by which keys are equal."""
    return [sides.equalities.get(old, type_operators.EQUAL) for old, _ in said.key]


def is_part(said: Move, part: Part, entity: str) -> str:
    """The condition that a row of the side table is of this part."""
    return f"{entity}.{column(said.part)} = {said.value(part)}" if said.part else "true"


def upsert(said: Move, sides: Leaving, part: Part) -> str:
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
    rows, all_ = (trigger(said, each) for each in ("rows", "all"))
    return (
        said.following.follower(called, body, UPDATES, [sides.table])
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
   AND (TG_OP = 'INSERT' OR {moved} OR NOT {same(sides, part)}) THEN
    {upsert(said, sides, part)}
END IF;"""


def follow_no_more(said: Move) -> str:
    """Statements that drop them."""
    return ";\n".join(
        (
            *(
                f"DROP TRIGGER IF EXISTS {trigger(said, each)} ON {quoted(said.table)}"
                for each in ("rows", "all")
            ),
            f"DROP FUNCTION IF EXISTS {said.function('follow')}()",
        )
    )


def same(sides: Leaving, part: Part) -> str:
    return alike(sides.old_values("NEW", part.columns), sides.old_values("OLD", part.columns))


def mark(said: Move) -> str:
    """A setting of the session, whose name says whose mark it is."""
    digest = hashlib.sha256(f"{said.table}\x00{said.entity}".encode()).hexdigest()[:16]
    return f"{own_objects.JOURNAL}.row_{digest}"


def trigger(said: Move, what: str) -> str:
    """Its name, quoted; triggers of one event fire in the order of their names."""
    return column(own_name(f"zz_gnkmigrate_{what.lower()}_", said.entity))


def not_ours(said: Move) -> str:
    """The condition for triggers on the table."""
    table = quoted(said.table)
    return f"{said.following.alone(table)} AND {not_filling(oid(table))}"
