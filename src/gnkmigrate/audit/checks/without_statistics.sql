-- Of these tables, those of which no statistics can be seen: hidden from the role (pg_stats), be it for
-- want of SELECT or by row security, or never analyzed, though they have at least so many bytes.
SELECT wanted.schema, wanted.relation, hidden.so AS hidden
FROM unnest(%(tables)s::text[], %(names)s::text[]) AS wanted (schema, relation)
JOIN pg_namespace AS namespace ON namespace.nspname = wanted.schema
JOIN pg_class AS class ON class.relnamespace = namespace.oid AND class.relname = wanted.relation
CROSS JOIN LATERAL (
    SELECT NOT has_table_privilege(class.oid, 'SELECT') OR row_security_active(class.oid) AS so
) AS hidden
WHERE
    class.relkind IN ('r', 'm')
    AND (hidden.so OR class.reltuples = -1)
    AND pg_total_relation_size(class.oid) >= CASE WHEN hidden.so THEN %(hidden)s ELSE %(size)s END
ORDER BY hidden.so DESC, wanted.schema, wanted.relation
