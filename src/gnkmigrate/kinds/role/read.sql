-- Roles of the server, without their passwords.
SELECT
    role.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    role.rolname AS name,
    0 AS position,
    role.rolsuper AS superuser,
    role.rolinherit AS inherit,
    role.rolcreaterole AS createrole,
    role.rolcreatedb AS createdb,
    role.rolcanlogin AS login,
    role.rolreplication AS replication,
    role.rolbypassrls AS bypassrls,
    role.rolconnlimit AS connection_limit,
    CASE
        WHEN isfinite(role.rolvaliduntil)
            THEN (role.rolvaliduntil AT TIME ZONE 'UTC')::text || '+00'
        ELSE role.rolvaliduntil::text
    END AS valid_until,
    ARRAY(
        SELECT
            CASE
                WHEN
                    split_part(given, '=', 1)
                    ~* 'passw|pwd|secret|token|salt|credential|private|key'
                    THEN split_part(given, '=', 1) || '=***'
                ELSE given
            END
        FROM unnest(setting.setconfig) AS given
        ORDER BY 1
    ) AS settings,
    shobj_description(role.oid, 'pg_authid') AS comment
FROM pg_roles AS role
LEFT JOIN pg_db_role_setting AS setting
    ON setting.setrole = role.oid AND setting.setdatabase = 0
WHERE role.oid >= 16384 AND role.rolname <> 'gnkmigrate_loader';
