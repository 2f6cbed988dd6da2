"""What PostgreSQL says of the tables, indexes and expressions of a linking, asked beforehand."""

from collections.abc import Iterator
from dataclasses import replace

from gnkmigrate.operations.links import entity
from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.operations.parts import empty_copy, making, violations
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work

_LINK = quoted("pg_temp.gnkmigrate_link")
_NEW = quoted("pg_temp.gnkmigrate_new")


def refusals(work: Work, sides: Sides) -> Iterator[Refusal]:
    """What cannot be made so, in the names first."""
    wrong = list(_strange(work, sides))
    if wrong:
        yield Refusal(
            f"What {sides.said.table} is to become names what is not there, or is there already.",
            wrong,
            len(wrong),
            "Look at the revision.",
        )
        return
    said = sides.said
    statements = [*(_entity(sides) if said.made else ()), *_link(sides), *_old_rows(sides)]
    yield from making.refusals(work, said.table, said.table, statements)


def _strange(work: Work, sides: Sides) -> Iterator[str]:
    said, schema = sides.said, split(sides.said.table)[0]
    named = dict.fromkeys((*said.fallback, *said.handed, *filter(None, (said.key_from,))))
    for name in named:
        if name not in sides.columns:
            yield f"{said.table} has no column {name}"
    for table in dict.fromkeys((*said.hanging, *said.referred)):
        if work.value(f"SELECT to_regclass({literal(quoted(table))}) IS NULL"):
            yield f"{table} is not there"
    for name in said.indexes:
        there = work.value(f"""
            SELECT EXISTS (SELECT FROM pg_class WHERE relname = {literal(name)}
                AND relnamespace = to_regnamespace({literal(column(schema))})
                AND oid NOT IN (SELECT indexrelid FROM pg_index
                                WHERE indrelid = to_regclass({literal(quoted(said.table))})))""")
        if there:
            yield f"the index {name}: something of {schema} has its name"


def _entity(sides: Sides) -> list[str]:
    said = sides.said
    names = [change.new_name for change in said.columns]
    model = replace(sides, said=replace(said, entity=making.MADE))
    return [entity.create(model), *making.a_row(said.new, names)]


def _link(sides: Sides) -> Iterator[str]:
    """Statements that make a table with the link's columns, indexes and foreign keys."""
    said = sides.said
    declared = [
        *(f"{column(each.new_name)} {sides.type_of(each)}" for each in said.owners),
        f"{sides.ref} integer",
        *(_declared(each, sides.type_of(each)) for each in said.carried),
        *(_declared(each, each.type) for each in said.new_links),
    ]
    yield f"CREATE TABLE {_LINK} ({', '.join(declared)})"
    for name, definition in said.indexes.items():
        yield f"CREATE INDEX {column(name)} ON {_LINK} {definition}"
    for names, text in said.references.items():
        yield from violations.model(f"FOREIGN KEY ({names}) REFERENCES {text}", _LINK)
    if said.new_links:
        new = ", ".join(_declared(each, each.type) for each in said.new_links)
        values = ", ".join(each.converted("NULL") for each in said.new_links)
        yield f"CREATE TABLE {_NEW} ({new})"
        yield f"INSERT INTO {_NEW} VALUES ({values})"


def _declared(change: Conversion, type_: str) -> str:
    default = "" if change.default is None else f" DEFAULT {change.default}"
    return f"{column(change.new_name)} {type_}{default}{' NOT NULL' if change.not_null else ''}"


def _old_rows(sides: Sides) -> Iterator[str]:
    """Statements that ask of an empty copy what the revision says of the old table's rows."""
    said, copy = sides.said, empty_copy.EMPTY_COPY
    yield f"CREATE TEMPORARY TABLE gnkmigrate_probe (LIKE {sides.old})"
    yield f"SELECT FROM {copy} AS asked WHERE {said.is_row('asked')}"
    entity_ = quoted(making.MADE) if said.made else sides.entity
    rows = f"(SELECT * FROM {_LINK} LIMIT 0) AS link, (SELECT * FROM {entity_} LIMIT 0) AS entity"
    for name, value in (*said.fallback.items(), *said.handed.items()):
        yield f"UPDATE {copy} SET {column(name)} = {value} FROM {rows}"
