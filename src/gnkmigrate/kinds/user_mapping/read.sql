-- Who signs in at a foreign server, and how. A secret option is read as *** alone, and so is one
-- whose value seems to hold a password. The options are NULL where pg_user_mappings does not show
-- them to the role that reads (its definition has the same conditions).
SELECT
    mapping.umid AS oid,
    0 AS subid,
    mapping.srvid AS parent,
    0 AS parent_subid,
    CASE WHEN mapping.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(mapping.usename) END AS name,
    0 AS position,
    CASE
        WHEN
            (SELECT role.rolsuper FROM pg_roles AS role WHERE role.rolname = current_user)
            OR pg_has_role(server.srvowner, 'USAGE')
            AND (mapping.umuser = 0 OR mapping.usename = current_user)
            OR has_server_privilege(server.oid, 'USAGE')
            AND mapping.umuser <> 0
            AND mapping.usename = current_user
        THEN ARRAY(
            SELECT
                option.option_name || '=' || CASE
                    WHEN
                        option.option_name <> 'password_required'
                        AND option.option_name ~* (
                            'pass(word|wd|phrase|file|code)|pwd|secret|credential|(^|_)(pass|token)$'
                            '|(api|access|private|ssl|auth|account)_?key'
                        )
                        OR option.option_value ~* '(pass(word|wd|phrase)|pwd|secret)\s*=|://[^/@\s]*:[^/@\s]*@'
                    THEN '***'
                    ELSE option.option_value
                END
            FROM pg_options_to_table(mapping.umoptions) AS option
            ORDER BY option.option_name COLLATE "C"
        )
    END AS options
FROM pg_user_mappings AS mapping
JOIN pg_foreign_server AS server ON server.oid = mapping.srvid;
