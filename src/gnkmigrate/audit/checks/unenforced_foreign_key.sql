-- Foreign keys one of whose own triggers is disabled, with these triggers. A partition's copy of a
-- key has triggers of its own, and counts as the key.
WITH RECURSIVE disabled AS (
    SELECT trigger.oid AS trigger, trigger.tgconstraint AS restriction
    FROM pg_trigger AS trigger
    WHERE trigger.tgisinternal AND trigger.tgenabled = 'D' AND trigger.tgconstraint <> 0
    UNION
    SELECT disabled.trigger, copy.conparentid
    FROM disabled
    JOIN pg_constraint AS copy ON copy.oid = disabled.restriction
    WHERE copy.conparentid <> 0
)

SELECT
    namespace.nspname AS schema,
    relation.relname AS relation,
    restriction.conname AS name,
    array_agg(holding_namespace.nspname::text ORDER BY trigger.oid) AS schemas,
    array_agg(holding.relname::text ORDER BY trigger.oid) AS relations,
    array_agg(trigger.tgname::text ORDER BY trigger.oid) AS triggers
FROM disabled
JOIN pg_trigger AS trigger ON trigger.oid = disabled.trigger
JOIN pg_constraint AS restriction ON restriction.oid = disabled.restriction
JOIN pg_class AS relation ON relation.oid = restriction.conrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_class AS holding ON holding.oid = trigger.tgrelid
JOIN pg_namespace AS holding_namespace ON holding_namespace.oid = holding.relnamespace
WHERE
    restriction.contype = 'f'
    AND restriction.conparentid = 0
    AND namespace.nspname = ANY (%(schemas)s)
GROUP BY namespace.nspname, relation.relname, restriction.conname
ORDER BY namespace.nspname, relation.relname, restriction.conname
