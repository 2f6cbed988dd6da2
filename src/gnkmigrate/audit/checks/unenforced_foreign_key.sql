-- Foreign keys one of whose own triggers is disabled, with the tables of these triggers.
SELECT
    namespace.nspname AS schema,
    relation.relname AS relation,
    restriction.conname AS name,
    array_agg(holding_namespace.nspname::text ORDER BY trigger.tgname) AS schemas,
    array_agg(holding.relname::text ORDER BY trigger.tgname) AS relations
FROM pg_trigger AS trigger
JOIN pg_constraint AS restriction ON restriction.oid = trigger.tgconstraint
JOIN pg_class AS relation ON relation.oid = restriction.conrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_class AS holding ON holding.oid = trigger.tgrelid
JOIN pg_namespace AS holding_namespace ON holding_namespace.oid = holding.relnamespace
WHERE
    restriction.contype = 'f'
    AND trigger.tgisinternal
    AND trigger.tgenabled = 'D'
    AND namespace.nspname = ANY (%(schemas)s)
GROUP BY namespace.nspname, relation.relname, restriction.conname
ORDER BY namespace.nspname, relation.relname, restriction.conname
