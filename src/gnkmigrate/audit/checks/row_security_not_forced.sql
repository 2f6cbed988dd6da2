-- Tables with policies, and the roles that can log in and pass for the table's owner.
SELECT
    namespace.nspname AS schema,
    relation.relname AS relation,
    pg_get_userbyid(relation.relowner)::text AS owner,
    array_agg(role.rolname::text ORDER BY role.rolname) AS roles
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_roles AS role ON pg_has_role(role.oid, relation.relowner, 'USAGE')
WHERE
    relation.relrowsecurity
    AND NOT relation.relforcerowsecurity
    AND relation.relkind IN ('r', 'p')
    AND namespace.nspname = ANY (%(schemas)s)
    AND EXISTS (SELECT FROM pg_policy AS policy WHERE policy.polrelid = relation.oid)
    AND role.rolcanlogin
    AND NOT role.rolsuper
    AND NOT role.rolbypassrls
GROUP BY namespace.nspname, relation.relname, relation.relowner
ORDER BY namespace.nspname, relation.relname
