"""The entity: its table, its rows and their fill."""

from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.run.names import column
from gnkmigrate.run.sync.conversion import Conversion


def create(sides: Sides) -> str:
    """The statement that makes the table."""
    said = sides.said
    columns = [
        f"{sides.key} {said.key_type} PRIMARY KEY",
        *(_declared(sides, change) for change in (*said.columns, *said.new)),
        f"UNIQUE ({', '.join(map(column, said.identity))})",
    ]
    listed = ",\n    ".join(columns)
    return f"CREATE TABLE {sides.entity} (\n    {listed}\n)"


def _declared(sides: Sides, change: Conversion) -> str:
    type_ = sides.type_of(change) if change.column else change.type
    default = "" if change.default is None else f" DEFAULT {change.default}"
    required = change.not_null or change.new_name in sides.said.identity
    return f"{column(change.new_name)} {type_}{default}{' NOT NULL' if required else ''}"


def insert(sides: Sides) -> str:
    """The beginning of an INSERT of an entity."""
    changes = (*sides.said.columns, *sides.said.new)
    listed = ", ".join((sides.key, *(column(change.new_name) for change in changes)))
    return f"INSERT INTO {sides.entity} ({listed}) OVERRIDING SYSTEM VALUE"


def written(sides: Sides, row: str) -> str:
    """What a row of the old table writes there after the key, as a list."""
    constants = [change.converted("NULL") for change in sides.said.new]
    return ", ".join((sides.new_values(row, sides.said.columns), *constants))


def own_key(sides: Sides, row: str) -> str:
    """SQL for the key of the entity that a row of the old table is the first to be about."""
    if not sides.said.key_from:
        return sides.next_key
    value = f"{row}.{column(sides.said.key_from)}"
    taken = f"(SELECT true FROM {sides.entity} AS taken WHERE taken.{sides.key} = {value})"
    return f"CASE WHEN {taken} THEN {sides.next_key} ELSE {value} END"


def fill(sides: Sides) -> str:
    """Statements that make the entities of a batch, and let its rows refer to them.

    Each is looked up by itself, in a subquery for a value, which uses an index: for a join or an
    EXISTS PostgreSQL may read all entities that there are already with every batch. A reference
    to no entity is what a downgrade that was given up has left.
    """
    said = sides.said
    order = " DESC" if said.disagree == "last" else ""
    by_key = ", ".join(f"filled.{column(name)}{order}" for name in sides.row_key)
    identity = sides.new_values("filled", said.identifying)
    names = ", ".join(map(column, said.identity))
    meets = "DO NOTHING"
    if said.disagree == "last" and said.telling:
        told = [column(change.new_name) for change in said.telling]
        meets = f"DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in told)}"
    where = (
        f":batch AND {sides.is_identified('filled')} AND (SELECT true FROM {sides.entity} AS entity"
        f" WHERE entity.{sides.key} = filled.{sides.ref}) IS NULL"
    )
    return f"""
{insert(sides)}
SELECT {own_key(sides, "filled")}, {written(sides, "filled")}
FROM (SELECT DISTINCT ON ({identity}) filled.* FROM {sides.old} AS filled
      WHERE {where}
      ORDER BY {identity}, {by_key}) AS filled
ON CONFLICT ({names}) {meets};
UPDATE {sides.old} AS filled
SET {sides.ref} = (SELECT entity.{sides.key} FROM {sides.entity} AS entity
                   WHERE {sides.is_entity_of("filled")})
WHERE {where}"""


def fill_at_once(sides: Sides) -> str:
    """The same for all rows, where it is the join that is fast."""
    made = fill(sides).partition(";")[0]
    return f"""{made};
UPDATE {sides.old} AS filled SET {sides.ref} = entity.{sides.key}
FROM {sides.entity} AS entity
WHERE {sides.is_entity_of("filled")} AND entity.{sides.key} IS DISTINCT FROM filled.{sides.ref}"""


def remove_unused(sides: Sides) -> str:
    """The statement that removes entities of no row; nobody else makes any before the swap."""
    return f"""
        DELETE FROM {sides.entity} AS entity
        WHERE NOT EXISTS (SELECT FROM {sides.old} AS row
                          WHERE row.{sides.ref} = entity.{sides.key})"""
