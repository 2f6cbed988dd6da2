"""Partitions by month, made ahead by a procedure that anybody's clock may call."""

from gnkmigrate.errors import RevisionError
from gnkmigrate.run.names import literal, quoted, split

# What PostgreSQL cuts off, less the year and month of a partition's name.
_LONGEST = 63 - len("_2026_01")

_BODY = """(months integer DEFAULT 3)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $months$
DECLARE
    first date;
    name text;
    taken boolean;
    owner name;
BEGIN
    FOR first IN
        SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') + number * interval '1 month')::date
        FROM generate_series(0, months) AS number
    LOOP
        name := {prefix} || to_char(first, '"_"YYYY"_"MM');
        CONTINUE WHEN to_regclass(format('%I.%I', {schema}, name)) IS NOT NULL;
        EXECUTE format('SELECT EXISTS (SELECT FROM {rest} WHERE {column} >= %L AND {column} < %L)',
                       first::text || {zone}, (first + interval '1 month')::date::text || {zone})
        INTO taken;
        IF taken THEN  -- those that came without a partition stay where they are
            RAISE NOTICE '% has rows already, and gets no partition', name;
            CONTINUE;
        END IF;
        EXECUTE format('CREATE TABLE %I.%I PARTITION OF {table} FOR VALUES FROM (%L) TO (%L)',
                       {schema}, name, first::text || {zone},
                       (first + interval '1 month')::date::text || {zone});
        -- Whoever makes it, it belongs to whom all of the table belongs.
        SELECT pg_get_userbyid(relowner) INTO owner FROM pg_class WHERE oid = {whole}::regclass;
        IF owner <> current_user THEN
            EXECUTE format('ALTER TABLE %I.%I OWNER TO %I', {schema}, name, owner);
        END IF;
    END LOOP;
END $months$"""


def ahead(table: str, column: str, *, rest: str, timed: bool) -> str:
    """What follows CREATE PROCEDURE name for a procedure that makes the next months' partitions.

    Args:
        table: "schema.table", partitioned by range of a column.
        column: that column, quoted.
        rest: the quoted default partition.
        timed: whether the column is a timestamptz, whose months are those of UTC; else a date.

    Raises:
        RevisionError: the table's name is too long for those of its partitions.
    """
    schema, name = split(table)
    if len(name.encode()) > _LONGEST:
        raise RevisionError(
            f"The name of {table} is too long: year and month come behind it.",
            hint=f"Take one of {_LONGEST} bytes at most.",
        )
    return _BODY.format(
        prefix=literal(name),
        schema=literal(schema),
        table=_in_format(quoted(table)),
        whole=literal(quoted(table)),
        rest=_in_format(rest),
        column=_in_format(column),
        zone=literal(" 00:00:00+00" if timed else ""),
    )


def _in_format(name: str) -> str:
    """A quoted name within a literal of format()."""
    return name.replace("'", "''").replace("%", "%%")
