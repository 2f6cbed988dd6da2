-- Where autovacuum begins late by its settings, the age at which PostgreSQL 14 and later hurry
-- (vacuum_failsafe_age) is too old all the same.
SELECT
    datname AS database,
    age(datfrozenxid) AS age,
    mxid_age(datminmxid) AS multixact_age,
    age(datfrozenxid) > allowed.age AS by_age,
    mxid_age(datminmxid) > allowed.multixact_age AS by_multixact_age,
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
CROSS JOIN (
    SELECT
        least(2 * current_setting('autovacuum_freeze_max_age')::bigint, 1600000000) AS age,
        least(2 * current_setting('autovacuum_multixact_freeze_max_age')::bigint, 1600000000)
        AS multixact_age
) AS allowed
WHERE age(datfrozenxid) > allowed.age OR mxid_age(datminmxid) > allowed.multixact_age
ORDER BY datname
