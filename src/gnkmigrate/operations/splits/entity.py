"""The entity's own table: how it is made, and filled."""

from collections.abc import Sequence

from gnkmigrate.operations.splits.sides import Sides
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.sync.conversion import Conversion


def create(sides: Sides) -> str:
    """The statement that makes the table."""
    spec = sides.said
    columns = [
        f"{sides.key} {spec.key_type} PRIMARY KEY",
        *(_declared(change, sides.type_of(change)) for change in spec.columns),
        *(_declared(change, change.type) for change in spec.new),
        f"UNIQUE ({', '.join(map(column, spec.identity))})",
    ]
    listed = ",\n    ".join(columns)
    return f"CREATE TABLE {sides.entity} (\n    {listed}\n)"


def _declared(change: Conversion, type_: str) -> str:
    default = "" if change.default is None else f" DEFAULT {change.default}"
    return f"{column(change.new_name)} {type_}{default}{' NOT NULL' if change.not_null else ''}"


def spare_spilled_keys(table: str, key: str) -> str:
    """The statement after which a sequence gives no key that a spilled row has, which comes back.

    A rollback spills rows of the entity; one that came back under another's key would be lost.

    Args:
        table: "schema.table" of the entity.
        key: its key.
    """
    sequence = f"pg_get_serial_sequence({literal(quoted(table))}, {literal(key)})"
    return f"""
        SELECT setval(sequence, highest) FROM (
            SELECT {sequence} AS sequence,
                   max((content ->> {literal(key)})::numeric)::bigint AS highest
            FROM gnkmigrate.overflow
            WHERE relation = {literal(table)} AND {sequence} IS NOT NULL
        ) AS spilled WHERE highest > 0"""


def fill(sides: Sides, key: Columns) -> str:
    """Statements that make the entities of a batch, and link its rows to them.

    Args:
        sides: before the cutover.
        key: of the table; it says which row is the first.
    """
    spec = sides.said
    order = " DESC" if spec.disagree == "last" else ""
    identity = sides.new_values("filled", spec.identifying)
    # Each is looked up by itself, in a subquery for a value, which uses the index of the identity.
    where = (
        f":batch AND filled.{sides.link} IS NULL"
        f" AND CASE WHEN {sides.is_present('filled')} THEN {sides.is_identified('filled')}"
        " ELSE false END"
    )
    by_key = ", ".join(f"filled.{column(name)}{order}" for name in key)
    return f"""
{insert(sides)}
SELECT DISTINCT ON ({identity}) {written(sides, "filled")}
FROM {sides.table} AS filled
WHERE {where}
ORDER BY {identity}, {by_key}
{_on_conflict(sides)};
UPDATE {sides.table} AS filled
SET {sides.link} = (SELECT entity.{sides.key} FROM {sides.entity} AS entity
                    WHERE {sides.is_entity_of("filled")})
WHERE {where}"""


def _on_conflict(sides: Sides) -> str:
    spec = sides.said
    identity = ", ".join(map(column, spec.identity))
    if spec.disagree != "last" or not spec.telling:
        return f"ON CONFLICT ({identity}) DO NOTHING"
    names = [column(change.new_name) for change in spec.telling]
    assigned = ", ".join(f"{name} = excluded.{name}" for name in names)
    return f"ON CONFLICT ({identity}) DO UPDATE SET {assigned}"


def insert(sides: Sides, key: str = "") -> str:
    """The beginning of an INSERT of a row of the entity.

    Args:
        sides: the split.
        key: the key's column where the row says which; else it gets the next one.
    """
    spec = sides.said
    names = [column(change.new_name) for change in (*spec.columns, *spec.new)]
    listed = ", ".join(([key] if key else []) + names)
    overriding = " OVERRIDING SYSTEM VALUE" if key else ""
    return f"INSERT INTO {sides.entity} ({listed}){overriding}"


def written(sides: Sides, row: str) -> str:
    """What a row of the table writes there, as a list."""
    constants = [change.converted("NULL") for change in sides.said.new]
    return ", ".join((sides.new_values(row, sides.said.columns), *constants))


def remove_unused(sides: Sides) -> Sequence[str]:
    """Statements, the second of which removes entities that no row refers to any more.

    Before the cutover nobody else makes any.

    Whoever is about to link a row to one holds it: first they are waited for, and then each is
    looked at again.
    """
    nobody = (
        f"NOT EXISTS (SELECT FROM {sides.table} AS linked"
        f" WHERE linked.{sides.link} = entity.{sides.key})"
    )
    unused = f"SELECT entity.{sides.key} AS key FROM {sides.entity} AS entity WHERE {nobody}"
    return (
        f"CREATE TEMPORARY TABLE gnkmigrate_unused AS {unused} FOR UPDATE",
        f"""DELETE FROM {sides.entity} AS entity USING pg_temp.gnkmigrate_unused AS unused
            WHERE entity.{sides.key} = unused.key AND {nobody}""",
        "DROP TABLE pg_temp.gnkmigrate_unused",
    )
