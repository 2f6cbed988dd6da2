-- The answer of every relation to one question, in one statement. A question is a SELECT of one
-- row with one column "answer"; format() puts schema and name into it, quoted.
SELECT
    namespace.nspname::text AS schema,
    relation.relname::text AS name,
    substring(answered.content FROM '<answer>(.*)</answer>') AS answer
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN LATERAL (
    SELECT query_to_xml(
        format(%(question)s, namespace.nspname, relation.relname), false, true, ''
    )::text AS content
) AS answered
WHERE relation.oid = ANY(%(relations)s::oid[])
ORDER BY namespace.nspname COLLATE "C", relation.relname COLLATE "C";
