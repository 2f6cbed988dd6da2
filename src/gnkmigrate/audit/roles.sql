-- Roles, and whose privileges each has without SET ROLE: before PostgreSQL 16 a role says for all
-- of its memberships whether it inherits.
SELECT
    role.rolname::text AS name,
    role.rolsuper AS superuser,
    role.rolsuper OR role.rolbypassrls AS unbound,
    role.rolcanlogin AS login,
    ARRAY(
        SELECT granted.rolname::text
        FROM pg_auth_members AS link
        JOIN pg_roles AS granted ON granted.oid = link.roleid
        WHERE
            link.member = role.oid
            AND coalesce((to_jsonb(link) ->> 'inherit_option')::boolean, role.rolinherit)
    ) AS inherits
FROM pg_roles AS role
