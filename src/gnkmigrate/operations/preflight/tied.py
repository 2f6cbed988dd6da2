"""Keys that are carried over with their columns, which become wider integers."""

from collections.abc import Iterator

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import carried_keys

_NOT_CARRIED = """
SELECT DISTINCT pg_describe_object(coalesce(CASE WHEN rulename = '_RETURN'
                                                 THEN 'pg_class'::regclass END, classid),
                                   CASE WHEN rulename = '_RETURN' THEN ev_class ELSE objid END, 0)
FROM pg_constraint
JOIN pg_depend ON refclassid = 'pg_constraint'::regclass AND refobjid = pg_constraint.oid
LEFT JOIN pg_rewrite ON classid = 'pg_rewrite'::regclass AND pg_rewrite.oid = objid
WHERE contype = 'p' AND conrelid = {table}::regclass AND deptype = 'n'
  AND classid <> 'pg_constraint'::regclass
ORDER BY 1
"""


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Columns that are no integers, foreign keys that the revision does not name, and views."""
    if asked.tied is None:
        return
    for change in asked.conversions:
        widths, before = carried_keys.WIDTHS, asked.types[change.column]
        if before not in widths or widths[before] >= widths.get(change.type, 0):
            yield Refusal(
                f"{asked.table}.{change.column} is {before}: that does not become {change.type}.",
                hint="op.widen_key takes smallint and integer to integer and bigint.",
            )
    names = [change.column for change in asked.conversions]
    foreign = carried_keys.foreign_keys(asked.work, asked.table, names)
    unnamed = [key for key in foreign if not {*key.tables} <= {*asked.tied}]
    if unnamed:
        yield Refusal(
            f"Foreign keys tie columns of {asked.table} to tables that the revision does not name.",
            [f"{key.name} on {key.tables[0]}: {key.definition}" for key in unnamed],
            len(unnamed),
            'Name their columns in the revision: references=("schema.table.column", ...).',
        )
    work = asked.work
    found = work.execute(_NOT_CARRIED.format(table=literal(quoted(asked.table)))).fetchall()
    if found:
        yield Refusal(
            f"Views group by the primary key of {asked.table}, which makes way for another.",
            [row[0] for row in found],
            len(found),
            "Drop them before the phase and create them again after it.",
        )
