-- The rate is that of the rows that were inserted into the tables that take its numbers, since the
-- statistics of the database began, where that is long enough ago.
--
-- last_value is NULL for a sequence that was never used, or that the role may not read.
SELECT
    sequence.schemaname AS schema,
    sequence.sequencename AS sequence,
    sequence.last_value AS last,
    way.finish AS end,
    floor(
        100 * abs(sequence.last_value::numeric - sequence.start_value)
        / nullif(abs(way.finish::numeric - sequence.start_value), 0)
    )::int AS share,
    limited.column,
    (now() + pace.seconds_left * interval '1 second')::date AS ends,
    pace.seconds_left / 86400 AS days_left
FROM pg_sequences AS sequence
JOIN pg_namespace AS namespace ON namespace.nspname = sequence.schemaname
JOIN pg_class AS class
    ON class.relnamespace = namespace.oid
    AND class.relname = sequence.sequencename
LEFT JOIN LATERAL (
    -- The narrowest column that takes its numbers: by ownership, identity or default.
    SELECT
        format('%%s.%%I', attribute.attrelid::regclass, attribute.attname) AS column,
        CASE attribute.atttypid WHEN 'int2'::regtype THEN 32767 ELSE 2147483647 END AS highest
    FROM (
        SELECT refobjid AS relation, refobjsubid AS number
        FROM pg_depend
        WHERE
            classid = 'pg_class'::regclass
            AND objid = class.oid
            AND refclassid = 'pg_class'::regclass
            AND deptype IN ('a', 'i')
        UNION
        SELECT attrdef.adrelid, attrdef.adnum
        FROM pg_depend
        JOIN pg_attrdef AS attrdef ON attrdef.oid = pg_depend.objid
        WHERE
            classid = 'pg_attrdef'::regclass
            AND refclassid = 'pg_class'::regclass
            AND refobjid = class.oid
    ) AS user_of
    JOIN pg_attribute AS attribute
        ON attribute.attrelid = user_of.relation
        AND attribute.attnum = user_of.number
    WHERE attribute.atttypid IN ('int2'::regtype, 'int4'::regtype)
    ORDER BY highest, 1
    LIMIT 1
) AS limited ON true
CROSS JOIN LATERAL (
    SELECT CASE WHEN sequence.increment_by > 0
        THEN least(sequence.max_value, limited.highest)
        ELSE greatest(sequence.min_value, -limited.highest - 1)
    END AS finish
) AS way
CROSS JOIN LATERAL (
    SELECT
        nullif(sum(statistic.n_tup_ins), 0) AS inserted,
        extract(EPOCH FROM now() - max(database.stats_reset)) AS seconds
    FROM pg_depend
    LEFT JOIN pg_attrdef AS attrdef
        ON pg_depend.classid = 'pg_attrdef'::regclass
        AND attrdef.oid = pg_depend.objid
    JOIN pg_stat_user_tables AS statistic
        ON statistic.relid = coalesce(attrdef.adrelid, pg_depend.refobjid)
    JOIN pg_stat_database AS database ON database.datname = current_database()
    WHERE
        pg_depend.classid = 'pg_attrdef'::regclass AND pg_depend.refobjid = class.oid
        OR pg_depend.classid = 'pg_class'::regclass
        AND pg_depend.objid = class.oid
        AND pg_depend.deptype = 'i'
) AS made
CROSS JOIN LATERAL (
    -- Beyond a century it is no date.
    SELECT nullif(least(
        abs(way.finish::numeric - sequence.last_value) / abs(sequence.increment_by)
        * made.seconds / made.inserted, 3153600000
    ), 3153600000) AS seconds_left
    WHERE made.seconds >= %(least)s
    UNION ALL
    SELECT NULL WHERE NOT coalesce(made.seconds >= %(least)s, false)
) AS pace
WHERE
    sequence.schemaname = ANY (%(schemas)s)
    AND sequence.last_value IS NOT NULL
    AND NOT sequence.cycle
    AND (
        100 * abs(sequence.last_value::numeric - sequence.start_value)
        >= %(share)s * abs(way.finish::numeric - sequence.start_value)
        OR pace.seconds_left <= %(soon)s * 86400
    )
ORDER BY share DESC, schema, sequence
