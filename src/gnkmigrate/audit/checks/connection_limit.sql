-- Superusers and this program's own session are counted as PostgreSQL counts them. What kind of
-- process another role's is, a role without pg_monitor is not told: clients have a database and a role.
-- reserved_connections is there from PostgreSQL 16 on; a role's limit does not bind superusers.
WITH client AS (
    SELECT datid, usesysid
    FROM pg_stat_activity
    WHERE
        backend_type = 'client backend'
        OR backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL
)
SELECT whose, used, allowed
FROM (
    SELECT
        'the server' AS whose,
        (SELECT count(*) FROM client) AS used,
        current_setting('max_connections')::bigint
        - current_setting('superuser_reserved_connections')::bigint
        - coalesce(current_setting('reserved_connections', true)::bigint, 0) AS allowed
    UNION ALL
    SELECT
        'database ' || database.datname,
        (SELECT count(*) FROM client WHERE client.datid = database.oid),
        database.datconnlimit
    FROM pg_database AS database
    WHERE database.datname = current_database() AND database.datconnlimit > 0
    UNION ALL
    SELECT
        'role ' || role.rolname,
        (SELECT count(*) FROM client WHERE client.usesysid = role.oid),
        role.rolconnlimit
    FROM pg_roles AS role
    WHERE role.rolconnlimit > 0 AND NOT role.rolsuper
) AS connections
WHERE used * 100 >= allowed * %(share)s
ORDER BY whose
