-- About how many bytes so many rows of each table take with their indexes; all of them for NULL.
SELECT coalesce(sum(
    pg_total_relation_size(class.oid)
    * least(1, coalesce(%(rows)s::float8 / nullif(greatest(class.reltuples, 0), 0), 1))
), 0)::bigint
FROM pg_class AS class
WHERE class.relkind = 'r'
