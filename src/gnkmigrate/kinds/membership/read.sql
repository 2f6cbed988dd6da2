-- Which role is a member of which; several grants of the same are one.
SELECT
    link.roleid AS oid,
    link.member::bigint AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    member.rolname || ' in ' || role.rolname AS name,
    0 AS position,
    role.rolname AS role,
    member.rolname AS member,
    bool_or(link.admin_option) AS admin,
    bool_or((to_jsonb(link) ->> 'inherit_option')::boolean) AS inherit,
    bool_or((to_jsonb(link) ->> 'set_option')::boolean) AS set
FROM pg_auth_members AS link
JOIN pg_roles AS role ON role.oid = link.roleid
JOIN pg_roles AS member ON member.oid = link.member
WHERE member.oid >= 16384
GROUP BY link.roleid, link.member, role.rolname, member.rolname;
