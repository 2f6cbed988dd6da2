-- Superusers and this program's own session are counted as PostgreSQL counts them.
SELECT whose, used, allowed
FROM (
    SELECT
        'the server' AS whose,
        count(*) AS used,
        current_setting('max_connections')::bigint
        - current_setting('superuser_reserved_connections')::bigint AS allowed
    FROM pg_stat_activity
    WHERE backend_type = 'client backend' OR backend_type IS NULL
    UNION ALL
    SELECT
        'database ' || database.datname,
        (SELECT sum(numbackends) FROM pg_stat_database AS n WHERE n.datid = database.oid),
        database.datconnlimit
    FROM pg_database AS database
    WHERE database.datname = current_database() AND database.datconnlimit > 0
    UNION ALL
    SELECT 'role ' || role.rolname, count(activity.pid), role.rolconnlimit
    FROM pg_roles AS role
    JOIN pg_stat_activity AS activity ON activity.usesysid = role.oid
    WHERE role.rolconnlimit > 0
    GROUP BY role.rolname, role.rolconnlimit
) AS connections
WHERE used * 100 >= allowed * %(share)s
ORDER BY whose
