-- Which subscriptions write to tables, and which publications send their changes to somebody.
-- $1: names of tables, quoted; one that is not there is nobody's. Partitions count as their table.
WITH asked AS (
    SELECT place.name, coalesce(part.relid, to_regclass(place.name)) AS oid
    FROM unnest(%s::text[]) AS place (name)
    LEFT JOIN LATERAL pg_partition_tree(to_regclass(place.name)) AS part ON true
)

SELECT DISTINCT
    'subscription' AS kind,
    asked.name AS "table",
    subscription.subname::text AS name
FROM asked
INNER JOIN pg_subscription_rel AS fed ON fed.srrelid = asked.oid
INNER JOIN pg_subscription AS subscription ON subscription.oid = fed.srsubid
UNION
SELECT DISTINCT
    'publication' AS kind,
    asked.name AS "table",
    published.pubname::text AS name
FROM asked
INNER JOIN pg_class AS class ON class.oid = asked.oid
INNER JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
INNER JOIN pg_publication_tables AS published
    ON published.schemaname = namespace.nspname AND published.tablename = class.relname
WHERE EXISTS (
    SELECT slot.slot_name
    FROM pg_replication_slots AS slot
    WHERE slot.slot_type = 'logical' AND slot.database = current_database()
)
ORDER BY kind, "table", name;
