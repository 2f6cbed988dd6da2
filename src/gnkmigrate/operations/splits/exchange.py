"""The cutover of a split, and the way back: names and triggers change, and no row is touched."""

from gnkmigrate.operations.splits import sync
from gnkmigrate.operations.splits.aside import (
    altered,
    give_back,
    kept_pairs,
    lock,
    put_aside,
    show,
    show_no_more,
    view_of_kept,
)
from gnkmigrate.operations.splits.sides import Sides
from gnkmigrate.run.names import column
from gnkmigrate.run.sync import by_hand, privileges, shadow_columns
from gnkmigrate.run.sync.by_hand import Face
from gnkmigrate.run.sync.exchange import not_null_check
from gnkmigrate.run.work import Work


def cut_over(work: Work, sides: Sides) -> None:
    """The link takes its name, and the columns are kept under names of ours."""
    said, after = sides.said, sides.cut_over()
    lock(work, sides)
    renames = {change.column: change.new_name for change in said.columns}
    privileges.carry_to_part(work, sides.table, sides.entity, renames, said.key)
    privileges.carry_column_comments(work, sides.table, sides.entity, renames)
    work.execute(shadow_columns.DEFAULTS)
    statements = [sync.drop_triggers(said), *put_aside(work, sides, sync.defaults(after))]
    statements.append(altered(sides, f"ALTER COLUMN {sides.link} DROP DEFAULT"))
    statements.append(altered(sides, f"RENAME COLUMN {sides.link} TO {after.link}"))
    if said.not_null:
        check = column(not_null_check(said.built_link))
        statements += [
            altered(sides, f"ALTER COLUMN {after.link} SET NOT NULL"),
            altered(sides, f"DROP CONSTRAINT {check}"),
        ]
    foreign_key = (
        f"ADD CONSTRAINT {column(said.foreign_key)} FOREIGN KEY ({after.link})"
        f" REFERENCES {sides.entity} ({sides.key}) {said.actions} NOT VALID"
    )
    statements.append(altered(sides, foreign_key))
    # Who might do something with all that leaves may do it with the link.
    leaving = [change.column for change in said.columns]
    statements += privileges.grants_on_all(work, sides.table, leaving, sides.table, said.link)
    next_key = sides.next_key(work)
    statements += [sync.functions(after, next_key), sync.triggers(after), sync.lead(after)]
    work.execute(";\n".join(statements))
    names = [said.key, *(each.new_name for each in (*said.columns, *said.new))]
    show(work, sides, said.name, [said.link], names)
    face = Face(sides.entity, kept_pairs(said.columns), by=((sides.table, said.link),))
    by_hand.remember(work, said.name, [face, *view_of_kept(work, sides)])


def cut_back(work: Work, sides: Sides) -> None:
    """The columns take their names again, and the link goes."""
    said = sides.said
    by_hand.settle(work, said.name, sides.table)
    lock(work, sides)
    statements = [
        sync.lead_no_more(said),
        sync.drop_triggers(said),
        sides.drop_ways_back(),
        altered(sides, f"DROP COLUMN {sides.cut_over().link}"),
        *give_back(work, sides),
    ]
    work.execute(";\n".join(statements))
    privileges.close(work, sides.entity)
    show_no_more(work, sides, said.name)
    shadow_columns.drop_unused(work)
