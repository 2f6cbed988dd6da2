-- What new objects of a role get beyond what PostgreSQL gives, told as grants/read.sql tells it.
SELECT
    given.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    pg_get_userbyid(given.defaclrole) || ': ' || lower(kind.objects)
    || coalesce(' in ' || namespace.nspname, '') AS name,
    0 AS position,
    pg_get_userbyid(given.defaclrole) AS role,
    namespace.nspname AS schema,
    kind.objects,
    ARRAY(
        SELECT
            CASE WHEN held.is_grantable IS NULL THEN '-' ELSE '' END
            || CASE grantee
                WHEN 0 THEN ''
                WHEN given.defaclrole THEN 'OWNER'
                ELSE quote_ident(pg_get_userbyid(grantee))
            END
            || '='
            || privilege_type
            || CASE WHEN held.is_grantable THEN '*' ELSE '' END COLLATE "C" AS entry
        FROM aclexplode(given.defaclacl) AS held
        FULL JOIN aclexplode(
            acldefault(
                CASE
                    WHEN namespace.oid IS NOT NULL THEN 'c'  -- nothing: it adds to the others
                    WHEN given.defaclobjtype = 'S' THEN 's'
                    ELSE given.defaclobjtype
                END,
                given.defaclrole
            )
        ) AS usual USING (grantee, privilege_type)
        WHERE held.is_grantable IS DISTINCT FROM usual.is_grantable
        ORDER BY entry
    ) AS grants
FROM pg_default_acl AS given
LEFT JOIN pg_namespace AS namespace ON namespace.oid = given.defaclnamespace
CROSS JOIN LATERAL (
    SELECT
        CASE given.defaclobjtype
            WHEN 'r' THEN 'TABLES'
            WHEN 'S' THEN 'SEQUENCES'
            WHEN 'f' THEN 'FUNCTIONS'
            WHEN 'T' THEN 'TYPES'
            WHEN 'n' THEN 'SCHEMAS'
            WHEN 'L' THEN 'LARGE OBJECTS'
        END AS objects
) AS kind
WHERE given.defaclnamespace = 0 OR given.defaclnamespace = ANY (%(schemas)s::oid[]);
