-- The roles that own something in this database, or that a grant or a policy names.
-- What belongs to an extension, and who owns one, is not in a dump. The server's first superuser
-- stands in no pg_shdepend (manual, System Catalogs), so what it owns is looked up.
WITH member AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
),

owned (classid, objid, owner) AS (
    SELECT 'pg_class'::regclass, oid, relowner FROM pg_class
    UNION ALL
    SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc
    UNION ALL
    SELECT 'pg_type'::regclass, oid, typowner FROM pg_type
    UNION ALL
    SELECT 'pg_namespace'::regclass, oid, nspowner FROM pg_namespace
),

named (role) AS (
    SELECT reference.refobjid
    FROM pg_shdepend AS reference
    LEFT JOIN member ON member.classid = reference.classid AND member.objid = reference.objid
    WHERE
        reference.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND reference.refclassid = 'pg_authid'::regclass
        AND reference.classid <> 'pg_extension'::regclass
        AND member.objid IS NULL
    UNION
    SELECT owned.owner
    FROM owned
    LEFT JOIN member ON member.classid = owned.classid AND member.objid = owned.objid
    WHERE owned.owner = 10 AND owned.objid >= 16384 AND member.objid IS NULL
)

SELECT role.rolname::text
FROM named
JOIN pg_roles AS role ON role.oid = named.role
ORDER BY role.rolname COLLATE "C";
