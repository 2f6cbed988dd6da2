"""What speaks against partitions of a table."""

from collections.abc import Sequence

from gnkmigrate.operations.partitions.spec import Partitioning
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# What a table of partitions could not have, or what would not come along.
_IN_THE_WAY = """
SELECT format('%I is an identity or generated column', attname) FROM pg_attribute
WHERE attrelid = {table} AND (attidentity <> '' OR attgenerated <> '') AND NOT attisdropped
UNION ALL
SELECT format('%I owns a sequence', attname) FROM pg_attribute
JOIN pg_depend ON refobjid = attrelid AND refobjsubid = attnum
JOIN pg_class AS sequence ON sequence.oid = objid AND sequence.relkind = 'S'
WHERE attrelid = {table} AND NOT attisdropped
UNION ALL
SELECT format('%I keeps an old shape', attname) FROM pg_attribute
WHERE attrelid = {table} AND starts_with(attname, 'gnkmigrate_kept_')
UNION ALL
SELECT format('trigger %I', tgname) FROM pg_trigger WHERE tgrelid = {table} AND NOT tgisinternal
UNION ALL
SELECT format('%s does not have %I in it', conname, {by}::text) FROM pg_constraint
WHERE conrelid = {table} AND contype IN ('u', 'x') AND NOT conkey @> ARRAY[{number}]
UNION ALL
SELECT format('index %s does not have %I in it', indexrelid::regclass, {by}::text) FROM pg_index
WHERE indrelid = {table} AND indisunique AND NOT indkey::smallint[] @> ARRAY[{number}]
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL
SELECT format('%I may be NULL', attname) FROM pg_attribute
WHERE attrelid = {table} AND attnum = {number} AND NOT attnotnull
UNION ALL
SELECT 'it is partitioned, or has parents or children' FROM pg_class
WHERE oid = {table} AND (relkind <> 'r' OR relispartition OR relhassubclass
      OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = {table}))
"""
TYPE = """
SELECT format_type(atttypid, NULL), attnum FROM pg_attribute
WHERE attrelid = {table} AND attname = {by} AND NOT attisdropped
"""


def hindered(work: Work, spec: Partitioning) -> Sequence[Refusal]:
    """Refuses a table that could not have partitions, or not by this column."""
    if work.value(f"SELECT to_regclass({literal(quoted(spec.table))}) IS NULL"):
        return (Refusal(f"There is no table {spec.table}.", hint="Correct the revision."),)
    found = work.execute(spec.there(TYPE)).fetchone()
    if found is None or found[0] not in {"date", "timestamp with time zone"}:
        message = f"{spec.table} has no column {spec.by} that is a date or a timestamptz."
        return (Refusal(message, hint="Partitions are by month: name one that is."),)
    with work.settings(search_path=OURS):
        hindering = [row[0] for row in work.execute(spec.there(_IN_THE_WAY)).fetchall()]
    if list(spec.key) != _key(work, spec):
        hindering.append(f"its primary key is not ({', '.join(spec.key)})")
    if not hindering:
        return ()
    message = f"{spec.table} cannot have partitions by {spec.by}."
    hint = "Change what is listed before, in a phase of its own."
    return (Refusal(message, hindering, len(hindering), hint),)


def _key(work: Work, spec: Partitioning) -> Sequence[str]:
    return list(
        work.value(
            "SELECT array_agg(attname::text ORDER BY place) FROM pg_constraint"
            " CROSS JOIN LATERAL unnest(conkey) WITH ORDINALITY AS part (number, place)"
            " JOIN pg_attribute ON attrelid = conrelid AND attnum = number WHERE contype = 'p'"
            f" AND conrelid = {literal(quoted(spec.table))}::regclass"
        )
        or ()
    )
