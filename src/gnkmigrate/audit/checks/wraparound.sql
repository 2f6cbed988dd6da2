SELECT
    datname AS database,
    age(datfrozenxid) AS age,
    mxid_age(datminmxid) AS multixact_age,
    CASE WHEN datname = current_database() THEN (
        SELECT array_agg(format('%%s (%%s)', oldest.name, oldest.age))
        FROM (
            SELECT class.oid::regclass::text AS name, age(class.relfrozenxid) AS age
            FROM pg_class AS class
            WHERE class.relkind IN ('r', 'm', 't') AND class.relfrozenxid <> '0'
            ORDER BY age(class.relfrozenxid) DESC, class.oid
            LIMIT 5
        ) AS oldest
    ) END AS tables
FROM pg_database
WHERE
    age(datfrozenxid) > 2 * current_setting('autovacuum_freeze_max_age')::bigint
    OR mxid_age(datminmxid) > 2 * current_setting('autovacuum_multixact_freeze_max_age')::bigint
ORDER BY datname
