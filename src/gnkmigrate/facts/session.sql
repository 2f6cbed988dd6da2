-- Who reads which database, how many bytes of it are relations, by which number each catalog is
-- known (pg_depend, pg_description), and what was chosen for good when the database was made.
SELECT
    current_user::text AS role,
    (
        SELECT jsonb_object_agg(catalog.relname, catalog.oid::bigint)
        FROM pg_class AS catalog
        WHERE catalog.relnamespace = 'pg_catalog'::regnamespace AND catalog.relkind = 'r'
    ) AS catalogs,
    pg_relation_size('pg_class') AS size,
    (
        SELECT
            concat_ws(
                ', ',
                'encoding ' || pg_encoding_to_char(made.encoding),
                'LC_COLLATE ' || made.datcollate,
                'LC_CTYPE ' || made.datctype,
                -- PostgreSQL 15 and 16, and those since.
                'locale '
                || coalesce(to_jsonb(made) ->> 'daticulocale', to_jsonb(made) ->> 'datlocale')
            )
        FROM pg_database AS made
        WHERE made.datname = current_database()
    ) AS locale;
