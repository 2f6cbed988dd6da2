-- Foreign servers. A secret option is read as *** alone, and so is one whose value seems to hold a
-- password.
SELECT
    server.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    server.srvname AS name,
    0 AS position,
    wrapper.fdwname AS wrapper,
    nullif(server.srvtype, '') AS type,
    nullif(server.srvversion, '') AS version,
    ARRAY(
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
        FROM pg_options_to_table(server.srvoptions) AS option
        ORDER BY option.option_name COLLATE "C"
    ) AS options
FROM pg_foreign_server AS server
JOIN pg_foreign_data_wrapper AS wrapper ON wrapper.oid = server.srvfdw;
