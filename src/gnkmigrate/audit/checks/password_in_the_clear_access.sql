-- Of these tables, those that the role may not read, or whose policies would hide rows from it.
SELECT wanted.schema, wanted.relation
FROM unnest(%(tables)s::text[], %(names)s::text[]) AS wanted (schema, relation)
JOIN pg_namespace AS namespace ON namespace.nspname = wanted.schema
JOIN pg_class AS class ON class.relnamespace = namespace.oid AND class.relname = wanted.relation
WHERE
    NOT has_schema_privilege(namespace.oid, 'USAGE')
    OR NOT has_table_privilege(class.oid, 'SELECT')
    OR (
        class.relrowsecurity
        AND NOT EXISTS (
            SELECT
            FROM pg_roles
            WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
        )
        AND (class.relforcerowsecurity OR NOT pg_has_role(class.relowner, 'USAGE'))
    )
