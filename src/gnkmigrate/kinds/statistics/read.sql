-- Extended statistics. They live in a table and may have their name in any schema.
SELECT
    statistic.oid,
    0 AS subid,
    statistic.stxrelid AS parent,
    0 AS parent_subid,
    ARRAY[namespace.nspname, statistic.stxname]::text[] AS name,
    0 AS position,
    -- None where there is but one expression: then CREATE STATISTICS takes none.
    ARRAY(
        SELECT CASE letter WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' ELSE 'mcv' END
        FROM unnest(statistic.stxkind) AS letter
        WHERE letter IN ('d', 'f', 'm')
        ORDER BY letter
    ) AS kinds,
    ARRAY(
        SELECT quote_ident(attribute.attname)
        FROM pg_attribute AS attribute
        WHERE attribute.attrelid = statistic.stxrelid
            AND attribute.attnum = ANY (statistic.stxkeys::smallint[])
        ORDER BY attribute.attnum
    ) AS columns,
    coalesce(pg_get_statisticsobjdef_expressions(statistic.oid), '{}') AS expressions,
    -- Up to PostgreSQL 16, -1 stands for the default.
    nullif(to_jsonb(statistic) ->> 'stxstattarget', '-1')::integer AS target
FROM pg_statistic_ext AS statistic
JOIN pg_namespace AS namespace ON namespace.oid = statistic.stxnamespace
JOIN pg_class AS relation ON relation.oid = statistic.stxrelid
WHERE
    relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
