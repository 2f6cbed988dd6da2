-- Who reads which database, how many bytes of it are relations, and by which number each catalog is known (pg_depend, pg_description).
SELECT
    current_user::text AS role,
    (
        SELECT jsonb_object_agg(catalog.relname, catalog.oid::bigint)
        FROM pg_class AS catalog
        WHERE catalog.relnamespace = 'pg_catalog'::regnamespace AND catalog.relkind = 'r'
    ) AS catalogs,
    pg_relation_size('pg_class') AS size;
