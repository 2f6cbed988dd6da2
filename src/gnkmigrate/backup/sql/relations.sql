-- Tables and sequences whose contents pg_dump saves, and whether this role may read them.
-- Out stay what belongs to an extension (pg_dump saves none of it, or by a condition of the
-- extension's), temporary tables, and on a standby unlogged tables, which it does not have.
SELECT
    relation.oid,
    CASE relation.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind,
    namespace.nspname::text AS schema,
    relation.relname::text AS name,
    has_schema_privilege(namespace.oid, 'USAGE') AS may_enter,
    CASE relation.relkind
        WHEN 'S' THEN has_sequence_privilege(relation.oid, 'SELECT')
        ELSE has_table_privilege(relation.oid, 'SELECT')
    END AS may_read,
    row_security_active(relation.oid) AS row_security
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE
    relation.relkind IN ('r', 'S')
    AND relation.relpersistence <> 't'
    AND (relation.relpersistence <> 'u' OR NOT pg_is_in_recovery())
    AND namespace.nspname !~ '^pg_'
    AND namespace.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS membership
        WHERE
            membership.classid = 'pg_class'::regclass
            AND membership.objid = relation.oid
            AND membership.deptype = 'e'
    )
ORDER BY namespace.nspname COLLATE "C", relation.relname COLLATE "C";
