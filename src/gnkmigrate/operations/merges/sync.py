"""The SQL that makes and fills the new columns of a merge, and keeps both tables in step.

Before the cutover the side table leads, and nobody else writes the new columns. From then on either
leads. What a trigger carries to the table it reads anew from the side table, since a row whose key
a foreign key has changed says nothing new. A row of the side table that says nothing is one all the
same: it stays as long as the table's row does, where it can.
"""

from collections.abc import Mapping, Sequence

from gnkmigrate.operations.merges.sides import Sides
from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.run import relation
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.sync import building
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.work import Work

# Before the triggers of foreign keys, which are called RI_..., for a row that goes with another.
_FIRST = "A_gnkmigrate_merged_"
_LAST = "zz_gnkmigrate_merged_"


def add_columns(sides: Sides, types: Mapping[str, str]) -> str:
    """The statement that adds the new columns, before the cutover.

    Args:
        sides: before the cutover.
        types: those of the side table's columns, as SQL, by their names.
    """
    added = ", ".join(
        f"ADD COLUMN {new} {types[old]} DEFAULT {building.mark(types[old])}"
        for (old, _), new in zip(sides.said.columns, sides.news, strict=True)
    )
    return f"ALTER TABLE {sides.table} {added}"


def drop_columns(sides: Sides) -> str:
    """The statement that drops them."""
    dropped = ", ".join(f"DROP COLUMN IF EXISTS {new}" for new in sides.news)
    return f"ALTER TABLE {sides.table} {dropped}"


def fill(sides: Sides) -> str:
    """The statement that fills a batch of the table's rows, which are locked already."""
    return (
        f"UPDATE {sides.table} AS filled SET {sides.assigned('side')} FROM {sides.side} AS side"
        f" WHERE :batch AND {sides.is_of('filled')} AND NOT {_same(sides, 'filled')}"
    )


def _same(sides: Sides, row: str) -> str:
    return alike(sides.new_values(row), sides.old_values("side"))


def follow_side(sides: Sides) -> str:
    """Statements that make the triggers by which the table follows the side table."""
    said = sides.said
    moved = _differ([*(old for old, _ in said.key), *sides.part])
    emptied = _emptied(sides.news)
    # A row that is being filled is locked: until all are, whoever writes waits for it in any case.
    says = f" AND {sides.says('merged')}" if sides.is_cut_over else ""
    differs = f" AND NOT {_same(sides, 'merged')}" if sides.is_cut_over else ""
    body = f"""
IF TG_OP = 'TRUNCATE' THEN
    UPDATE {sides.table} AS merged SET {emptied} WHERE {sides.says("merged")};
    EXIT follow;
END IF;
IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND {moved} THEN
    UPDATE {sides.table} AS merged SET {emptied}
    WHERE {sides.is_of("merged", "OLD")}{says}
      AND NOT EXISTS (SELECT FROM {sides.side} AS side WHERE {sides.is_of("merged")});
END IF;
IF TG_OP IN ('INSERT', 'UPDATE') THEN
    UPDATE {sides.table} AS merged SET {sides.assigned("side")} FROM {sides.side} AS side
    WHERE {sides.is_of("merged", "NEW")} AND {sides.is_of("merged")}{differs};
END IF;"""
    called, all_ = said.function("to_table"), said.trigger(f"{_LAST}all_")
    return (
        said.following.follower(called, body, shows=[sides.table])
        + said.following.trigger(
            said.trigger(_LAST), "AFTER INSERT OR UPDATE OR DELETE", sides.side, called
        )
        + said.following.trigger(all_, "AFTER TRUNCATE", sides.side, called, each="STATEMENT")
    )


def follow_side_no_more(sides: Sides) -> str:
    """Statements that drop them."""
    said = sides.said
    names = (said.trigger(_LAST), said.trigger(f"{_LAST}all_"))
    return ";\n".join(
        (
            *(f"DROP TRIGGER IF EXISTS {name} ON {sides.side}" for name in names),
            f"DROP FUNCTION IF EXISTS {said.function('to_table')}()",
        )
    )


def may_say_nothing(work: Work, sides: Sides) -> bool:
    """Whether a row of the side table may, from the cutover on."""
    olds = [old for old, _ in sides.said.columns]
    found = relation.columns(work, sides.said.archived, olds)
    return not any(declared["not_null"] for declared in found.values())


def follow_table(sides: Sides, *, stays: bool) -> str:
    """Statements that make the triggers by which the side table follows, from the cutover on.

    Args:
        sides: from the cutover on.
        stays: whether a row of the side table may say nothing.
    """
    said = sides.said
    keys = ", ".join((*(column(old) for old, _ in said.key), *map(column, sides.part)))
    moved = _differ([new for _, new in said.key])
    same = alike(sides.new_values("NEW"), sides.new_values("OLD"))
    pairs = ", ".join(f"{column(old)} = NEW.{column(new)}" for old, new in said.key)
    written = ", ".join(
        (
            *(f"NEW.{column(new)}" for _, new in said.key),
            *map(literal, sides.part.values()),
            sides.new_values("NEW"),
        )
    )
    assigned = ", ".join(f"{old} = excluded.{old}" for old in sides.olds)
    emptied = f"UPDATE {sides.side} AS side SET {_emptied(sides.olds)}"
    says_nothing = emptied if stays else f"DELETE FROM {sides.side} AS side"
    body = f"""
IF TG_OP = 'DELETE' THEN
    DELETE FROM {sides.side} AS side WHERE {sides.is_of("OLD")};
    EXIT follow;
END IF;
IF TG_OP = 'UPDATE' AND {moved} THEN
    UPDATE {sides.side} AS side SET {pairs} WHERE {sides.is_of("OLD")};
END IF;
IF TG_OP = 'UPDATE' AND {same} THEN
    EXIT follow;
END IF;
IF {sides.says("NEW")} THEN
    INSERT INTO {sides.side} AS side ({keys}, {", ".join(sides.olds)}) VALUES ({written})
    ON CONFLICT ({keys}) DO UPDATE SET {assigned};
ELSIF TG_OP = 'UPDATE' THEN
    {says_nothing} WHERE {sides.is_of("NEW")};
END IF;"""
    called = said.function("to_side")
    alone = said.following.alone(sides.table)
    triggers = "".join(
        f"""
CREATE TRIGGER {said.trigger(f"{_FIRST}{event.lower()}_")} AFTER {event} ON {sides.table}
    FOR EACH ROW WHEN ({alone} AND {condition}) EXECUTE FUNCTION {called}();
ALTER TABLE {sides.table} ENABLE ALWAYS TRIGGER {said.trigger(f"{_FIRST}{event.lower()}_")};
"""
        for event, condition in (
            ("INSERT", sides.says("NEW")),
            ("UPDATE", f"({moved} OR NOT {same})"),
            ("DELETE", "true"),
        )
    )
    return said.following.follower(called, body, shows=[sides.side]) + triggers


def follow_table_no_more(said: Merge) -> str:
    """Statements that drop them."""
    table = quoted(said.table)
    return ";\n".join(
        (
            *(
                f"DROP TRIGGER IF EXISTS {said.trigger(f'{_FIRST}{event}_')} ON {table}"
                for event in ("insert", "update", "delete")
            ),
            f"DROP FUNCTION IF EXISTS {said.function('to_side')}()",
        )
    )


def _emptied(names: Sequence[str]) -> str:
    """Assignments that take a row's values."""
    return ", ".join(f"{name} = NULL" for name in names)


def _differ(names: Sequence[str]) -> str:
    """The condition that a row's key has changed."""
    before, after = (", ".join(f"{row}.{column(name)}" for name in names) for row in ("OLD", "NEW"))
    return f"NOT {alike(before, after)}"
