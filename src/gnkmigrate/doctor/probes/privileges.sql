-- What the current role may do in this database, each as a sorted list of names where it may not.
WITH relation AS (
    SELECT format('%%s.%%s', nspname, relname) AS name,
           pg_class.oid,
           -- What is made anew is given to the owner, whom one has to be able to become for that.
           pg_has_role(relowner, 'USAGE') AND pg_has_role(
               relowner,
               CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET'
                    ELSE 'MEMBER' END
           ) AS owned,
           has_table_privilege(pg_class.oid, 'SELECT') AS readable,
           pg_get_userbyid(relowner) AS owner
    FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND nspname = ANY (%(schemas)s)
)
SELECT
    current_database(),
    current_user,
    has_database_privilege(current_database(), 'CREATE'),
    pg_has_role('pg_monitor', 'USAGE'),
    ARRAY(
        SELECT nspname::text FROM pg_namespace
        WHERE nspname = ANY (%(schemas)s) AND NOT has_schema_privilege(oid, 'CREATE')
        ORDER BY nspname
    ),
    ARRAY(
        SELECT ARRAY[name, owner::text] FROM relation WHERE NOT owned ORDER BY name
    ),
    ARRAY(
        SELECT name FROM relation WHERE NOT readable ORDER BY name
    )
