-- Of these tables, those that the role may not read, or whose policies would hide rows from it.
SELECT wanted.schema, wanted.relation
FROM unnest(%(tables)s::text[], %(names)s::text[]) AS wanted (schema, relation)
JOIN pg_namespace AS namespace ON namespace.nspname = wanted.schema
JOIN pg_class AS class ON class.relnamespace = namespace.oid AND class.relname = wanted.relation
WHERE
    NOT has_schema_privilege(namespace.oid, 'USAGE')
    OR NOT has_table_privilege(class.oid, 'SELECT')
    OR row_security_active(class.oid)
