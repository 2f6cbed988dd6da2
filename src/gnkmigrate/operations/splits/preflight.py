"""What speaks against columns leaving a table, asked before anything has changed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Identity
from gnkmigrate.operations import preflight
from gnkmigrate.operations.parts import making
from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.operations.splits import entity
from gnkmigrate.operations.splits.leaving import Departure, Leaving
from gnkmigrate.operations.splits.sides import Sides
from gnkmigrate.operations.splits.spec import Split
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run import dependents, relation
from gnkmigrate.run.batches.row_key import key_of, listed
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.rows import HIDDEN
from gnkmigrate.run.rows import listed as listed_rows
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import granted, row_disclosure, row_security
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.convertible import misplaced_columns, unfit_rows
from gnkmigrate.run.sync.function_mentions import unchecked_functions
from gnkmigrate.run.sync.index_copy import IndexCopy, indexes_of, unsupported
from gnkmigrate.run.work import Work
from gnkmigrate.text.secret import looks_secret

# So many characters of what rows say in which they disagree.
_SHOWN = 120


def refusals(work: Work, spec: Split) -> list[Refusal]:
    """All that speaks against it; rows are looked at once the columns are what they should be."""
    asked = [
        *there(work, spec.table, spec.entity),
        *_temporary(work, spec),
        *lasting(work, spec),
    ]
    if Identity("table", split(spec.table)) in work.facts:
        asked += _taken(work, spec)
    if asked:
        return asked
    sides = Sides.found(work, spec)
    return list(_made(work, sides)) or list(_rows(work, sides))


def lasting(work: Work, spec: Split) -> list[Refusal]:
    """What may have come to speak against it by the time of its cutover."""
    asked = [
        *of_columns(work, spec),
        *row_security.shared(work, spec.table, spec.entity),
        *row_disclosure.refusals(work, spec.table, spec.columns),
    ]
    if Identity("table", split(spec.table)) in work.facts:
        identity, telling = (
            [change.column for change in lot] for lot in (spec.identifying, spec.telling)
        )
        asked += granted.telling_others(work, spec.table, spec.entity, identity, telling)
    return asked


def _made(work: Work, sides: Sides) -> Iterator[Refusal]:
    """What PostgreSQL says of the entity, of a row of it, and of the link to it."""
    spec = sides.said
    model = replace(sides, said=replace(spec, entity=making.MADE))
    statements = [
        entity.create(model),
        *making.a_row(spec.new, [change.new_name for change in spec.columns]),
        *making.referring(spec.link, spec.key, spec.actions),
    ]
    yield from making.refusals(work, spec.table, spec.entity, statements)


def of_columns(work: Work, said: Departure, carried: Collection[str] = ()) -> list[Refusal]:
    """What speaks against columns leaving their table, whichever way.

    Args:
        work: the session.
        said: the columns.
        carried: what may hang on them, as PostgreSQL says it.
    """
    if Identity("table", split(said.table)) not in work.facts:
        return [Refusal(f"{said.table} is not a table.", hint="Look at the revision.")]
    # Their new names are in another table.
    leaving = [replace(change, rename="") for change in said.columns]
    misplaced = misplaced_columns(work, said.table, leaving)
    if misplaced:
        return [misplaced]
    sides = Leaving.found(work, said)
    return [*preflight.refusals(_asked(work, sides)), *_hanging(work, sides, carried)]


def _asked(work: Work, sides: Leaving) -> Asked:
    spec, found = sides.said, sides.before
    return Asked(
        work=work,
        facts=work.facts,
        table=spec.table,
        key=(),
        conversions=spec.columns,
        types={name: str(declared["type"]) for name, declared in found.items()},
        rewritten=frozenset(found),
        tied=None,
        is_prepared=False,
    )


def there(work: Work, table: str, made: str) -> Iterator[Refusal]:
    """What is in the way of the table that is to be made, and of giving it to its owner.

    Args:
        work: the session.
        table: "schema.table" whose owner it is to have.
        made: "schema.table" that is to be made.
    """
    if work.value(f"SELECT to_regclass({literal(quoted(made))}) IS NOT NULL"):
        yield Refusal(
            f"{made} is there already, and this phase makes it.",
            hint="Somebody may have migrated by hand: compare with `gnkmigrate audit`.",
        )
    schema = column(split(made)[0])
    if not work.value(f"SELECT to_regnamespace({literal(schema)}) IS NOT NULL"):
        yield Refusal(
            f"There is no schema {schema} for {made}.", hint="Make it in an earlier revision."
        )
        return
    # Asked of nobody who may do without (manual, ALTER TABLE, OWNER TO).
    owner = work.value(f"""
        SELECT pg_get_userbyid(relowner) FROM pg_class
        JOIN pg_namespace ON pg_namespace.oid = to_regnamespace({literal(schema)})
        WHERE pg_class.oid = to_regclass({literal(quoted(table))})
          AND pg_get_userbyid(relowner) <> current_user AND current_setting('is_superuser') = 'off'
          AND NOT has_schema_privilege(relowner, pg_namespace.oid, 'CREATE')""")
    if owner is not None:
        yield Refusal(
            f"{made} is to belong to {owner}, as {table} does, who may create nothing"
            f" in schema {schema}.",
            hint=f"Run: GRANT CREATE ON SCHEMA {schema} TO {column(owner)};",
        )


def _temporary(work: Work, spec: Split) -> Iterator[Refusal]:
    """Which entities are not used any more is kept in a temporary table of the owner's."""
    row = work.connection.execute(
        "SELECT pg_get_userbyid(relowner), current_database() FROM pg_class"
        " WHERE oid = to_regclass(%s)"
        " AND NOT has_database_privilege(relowner, current_database(), 'TEMPORARY')",
        (quoted(spec.table),),
    ).fetchone()
    if row is not None:
        owner, database = row
        yield Refusal(
            f"{owner}, who owns {spec.table}, may make no temporary table in {database}.",
            hint=f"Run: GRANT TEMPORARY ON DATABASE {column(database)} TO {column(owner)};",
        )


def _taken(work: Work, spec: Split) -> Iterator[Refusal]:
    """A name that another column has."""
    leaving = {change.column for change in spec.columns}
    if spec.link not in leaving and relation.columns(work, spec.table, [spec.link]):
        yield Refusal(
            f"{spec.table} has a column {spec.link} already.",
            hint="Give the link another name.",
        )


def _hanging(work: Work, sides: Leaving, carried: Collection[str]) -> Iterator[Refusal]:
    """What would stay with the old columns, and is not carried over to the new table."""
    table = sides.said.table
    names = [change.column for change in sides.said.columns]
    unique = [
        f"{'constraint' if index.constraint else 'unique index'} {index.constraint or index.name}"
        for index in indexes_of(work, table, names)
        if index.unique and not index.primary and work.dropped.isdisjoint(_described(table, index))
    ]
    found = [*dependents.dependents(work, table, names), *unsupported(work, table, names), *unique]
    hanging = [each for each in found if each not in carried]
    if hanging:
        yield Refusal(
            f"Other objects use columns of {table} that leave it.",
            hanging,
            len(hanging),
            "Drop them before the phase, and make what the new shape wants after it.",
        )
    yield from unchecked_functions(
        work,
        f"Functions may use columns of {table} that leave it: their bodies have the names.",
        table,
        names,
    )


def _described(table: str, index: IndexCopy) -> tuple[str, str]:
    """An index, and a constraint of its name, as pg_describe_object says them."""
    schema, name = split(table)
    return (
        f"index {qualified(schema, index.name)}",
        f"constraint {index.name} on table {qualified(schema, name)}",
    )


def _rows(work: Work, sides: Sides) -> Iterator[Refusal]:
    """Rows that the new shape cannot hold."""
    spec = sides.said
    key = key_of(work, spec.table, ())
    # Whether a NULL is allowed is a question of those rows alone that say anything.
    optional = [replace(change, not_null=False) for change in spec.columns]
    if unfit := unfit_rows(work, spec.table, key, optional):
        yield from unfit
        return  # the other questions are about the new values
    shown = f"{listed(key, 'asked')}, {sides.old_values('asked', spec.columns)}"
    query = _unidentified(sides, shown)
    total, rows = listed_rows(work, query)
    if total:
        needed = ", ".join(dict.fromkeys(change.column for change in _needed(spec)))
        yield Refusal(
            f"Rows of {spec.table} say something, but not which row of {spec.entity} they are "
            f"about: {needed} must have values, and short ones.",
            rows,
            total,
            "Complete them, or set all the columns that leave to NULL.",
            query,
        )
    if spec.not_null:
        yield from _unsaying(work, sides, shown)
    if spec.disagree == "refuse":
        yield from _disagreeing(work, sides)


def _unsaying(work: Work, sides: Sides, shown: str) -> Iterator[Refusal]:
    """Rows that would have no link, where each has to."""
    spec = sides.said
    query = f"SELECT {shown} FROM {sides.table} AS asked WHERE NOT {sides.is_present('asked')}"
    total, rows = listed_rows(work, query)
    if total:
        yield Refusal(
            f"Rows of {spec.table} say nothing, and {spec.link} is to be NOT NULL.",
            rows,
            total,
            "Complete them, or leave out not_null.",
            query,
        )


def _needed(spec: Split) -> Sequence[Conversion]:
    required = [change for change in spec.telling if change.not_null]
    return [*spec.identifying, *required]


def _unidentified(sides: Sides, shown: str) -> str:
    """A query for rows, `asked`, that say something, but have no complete identity."""
    required = [
        f"({sides.new_value('asked', change)}) IS NOT NULL"
        for change in sides.said.telling
        if change.not_null
    ]
    complete = " AND ".join((sides.is_identified("asked"), *required))
    return (
        f"SELECT {shown} FROM {sides.table} AS asked"
        f" WHERE {sides.is_present('asked')} AND ({complete}) IS NOT TRUE"
    )


def _disagreeing(work: Work, sides: Sides) -> Iterator[Refusal]:
    spec = sides.said
    identity = sides.new_values("asked", spec.identifying)
    shown = ", ".join(
        f"{HIDDEN if looks_secret(change.column) else sides.new_value('asked', change)}"
        f" AS {column(change.new_name)}"
        for change in spec.identifying
    )
    # Two that are merely cut to the same identity are two; the rest may mean the same.
    said = ", ".join(
        (
            sides.old_values("asked", spec.identifying),
            *(sides.new_value("asked", change) for change in spec.telling),
        )
    )
    secret = any(looks_secret(each.column) for each in spec.columns)
    differs = HIDDEN if secret else f"string_agg(DISTINCT ROW({said})::text, ' or ')"
    query = f"""
        SELECT {shown}, count(*) AS rows, left({differs}, {_SHOWN}) AS said
        FROM {sides.table} AS asked
        WHERE {sides.is_present("asked")} AND {sides.is_identified("asked")}
        GROUP BY {identity} HAVING count(DISTINCT ROW({said})::text) > 1"""
    total, rows = listed_rows(work, query)
    if total:
        yield Refusal(
            f"Rows of {spec.table} that would become one row of {spec.entity} disagree about it.",
            rows,
            total,
            'Make them the same, or say in the revision which one counts: disagree="first" or'
            ' "last", by the key. Each row keeps what it says for the way back.',
            query,
        )
