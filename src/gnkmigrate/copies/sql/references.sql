-- Foreign keys, once each where tables are partitioned. The operators are the constraint's own, of
-- whatever schema (pg_constraint.conpfeqop: referenced = referencing).
SELECT child_namespace.nspname::text,
       child.relname::text,
       parent_namespace.nspname::text,
       parent.relname::text,
       columns.of_child,
       columns.child_types,
       columns.of_parent,
       columns.operators
FROM pg_constraint AS key
JOIN pg_class AS child ON child.oid = key.conrelid
JOIN pg_namespace AS child_namespace ON child_namespace.oid = child.relnamespace
JOIN pg_class AS parent ON parent.oid = key.confrelid
JOIN pg_namespace AS parent_namespace ON parent_namespace.oid = parent.relnamespace
CROSS JOIN LATERAL (
    SELECT array_agg(child_column.attname::text ORDER BY pair.position) AS of_child,
           array_agg(format_type(child_column.atttypid, child_column.atttypmod)
                     ORDER BY pair.position) AS child_types,
           array_agg(parent_column.attname::text ORDER BY pair.position) AS of_parent,
           array_agg(format('OPERATOR(%I.%s)', operator_namespace.nspname, operator.oprname)
                     ORDER BY pair.position) AS operators
    FROM unnest(key.conkey, key.confkey, key.conpfeqop)
        WITH ORDINALITY AS pair (child_number, parent_number, operator, position)
    JOIN pg_attribute AS child_column
        ON child_column.attrelid = key.conrelid AND child_column.attnum = pair.child_number
    JOIN pg_attribute AS parent_column
        ON parent_column.attrelid = key.confrelid AND parent_column.attnum = pair.parent_number
    JOIN pg_operator AS operator ON operator.oid = pair.operator
    JOIN pg_namespace AS operator_namespace ON operator_namespace.oid = operator.oprnamespace
) AS columns
WHERE key.contype = 'f'
  AND key.conparentid = 0
ORDER BY key.oid
