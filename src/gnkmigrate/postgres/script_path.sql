-- Functions find names by the session's own search_path, after pg_catalog, unless somebody has a
-- function or an operator there that could be taken for one of PostgreSQL's.
SET search_path = pg_catalog, pg_temp;
DO $path$
DECLARE
    own text := (SELECT concat_ws(', ', 'pg_catalog', nullif(reset_val, ''), 'pg_temp')
                 FROM pg_settings WHERE name = 'search_path');
    looked_in name[];
BEGIN
    PERFORM set_config('search_path', own, false);
    looked_in := pg_catalog.current_schemas(false);
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
    IF NOT EXISTS (
        WITH named AS (
            SELECT 'pg_proc'::regclass AS classid, oid AS objid, proname AS name, pronamespace AS place
            FROM pg_proc
            UNION ALL SELECT 'pg_operator'::regclass, oid, oprname, oprnamespace FROM pg_operator
        )
        SELECT FROM named AS theirs JOIN pg_namespace ON pg_namespace.oid = place
        WHERE nspname = ANY (looked_in) AND nspname <> 'pg_catalog'
            AND (classid, name) IN (
                SELECT classid, name FROM named WHERE place = 'pg_catalog'::regnamespace)
            AND (classid, objid) NOT IN (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
    ) THEN
        PERFORM set_config('search_path', own, false);
    END IF;
END $path$;
