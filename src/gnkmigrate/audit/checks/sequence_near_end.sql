-- Every sequence that ends, where it does, and how many rows were inserted into the tables that take
-- its numbers since the statistics of the database began.
SELECT
    namespace.nspname AS schema,
    class.relname AS sequence,
    sequence.seqstart AS start,
    sequence.seqincrement AS increment,
    CASE WHEN sequence.seqincrement > 0
        THEN least(sequence.seqmax, limited.highest)
        ELSE greatest(sequence.seqmin, -limited.highest - 1)
    END AS end,
    limited.column,
    made.inserted,
    made.since,
    has_sequence_privilege(sequence.seqrelid, 'USAGE, SELECT') AS readable,
    now() AS now
FROM pg_sequence AS sequence
JOIN pg_class AS class ON class.oid = sequence.seqrelid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
LEFT JOIN LATERAL (
    -- The narrowest column that takes its numbers: by ownership, identity or default.
    SELECT
        format('%%s.%%I', attribute.attrelid::regclass, attribute.attname) AS column,
        CASE attribute.atttypid
            WHEN 'int2'::regtype THEN 32767
            WHEN 'int4'::regtype THEN 2147483647
        END AS highest
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
    ORDER BY highest, 1
    LIMIT 1
) AS limited ON true
CROSS JOIN LATERAL (
    SELECT
        sum(statistic.n_tup_ins) AS inserted,
        max(database.stats_reset) AS since
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
WHERE namespace.nspname = ANY (%(schemas)s) AND NOT sequence.seqcycle
ORDER BY schema, sequence
