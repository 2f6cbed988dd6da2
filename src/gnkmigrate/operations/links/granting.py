"""Who may do what with the entity and the link, and what is said of their columns."""

from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.run import relation
from gnkmigrate.run.sync import by_hand, privileges
from gnkmigrate.run.work import Work


def carry(work: Work, sides: Sides, why: str, *, entity: bool) -> None:
    """Gives whom it concerns his rights on the new tables.

    Args:
        work: the session, in the transaction of the swap.
        sides: after the swap.
        why: its step.
        entity: whether others are to use the entity's table from now on.
    """
    carry_to_link(work, sides)
    if entity:
        carry_to_entity(work, sides)
    by_hand.remember(work, why, _faces(work, sides))


def _faces(work: Work, sides: Sides) -> list[by_hand.Face]:
    """Where the old table's columns are from now on."""
    said = sides.said
    shown = [(name, name) for name in relation.column_names(work, said.archived)]
    links = [(change.column, change.new_name) for change in said.links]
    columns = [(change.column, change.new_name) for change in said.returning]
    return [
        by_hand.Face(sides.rows, links, "rows"),
        by_hand.Face(sides.entity, columns, by=((sides.rows, said.reference),)),
        *by_hand.view(work, said.table, shown),
    ]


def carry_to_entity(work: Work, sides: Sides) -> None:
    """Gives whom it concerns his rights on the entity's table, once others are to use it."""
    renames = {change.column: change.new_name for change in sides.said.columns}
    privileges.carry_to_part(work, sides.old, sides.entity, renames, sides.said.key)
    privileges.carry_column_comments(work, sides.old, sides.entity, renames)


def carry_to_link(work: Work, sides: Sides) -> None:
    """Who might do something with a column may do it with the link's that comes from it."""
    said = sides.said
    pairs = [([change.column], change.new_name) for change in said.links if change.rename]
    pairs.append(([change.column for change in said.columns], said.reference))
    for columns, name in pairs:
        for grant in privileges.grants_on_all(work, sides.old, columns, sides.rows, name):
            work.connection.execute(grant.encode())
    renames = {change.column: change.new_name for change in said.links}
    privileges.carry_column_comments(work, sides.old, sides.rows, renames)
