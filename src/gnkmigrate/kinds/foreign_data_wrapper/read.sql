-- Foreign-data wrappers that are not PostgreSQL's own. A secret option is read as *** alone, and
-- so is one whose value seems to hold a password.
SELECT
    wrapper.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    wrapper.fdwname AS name,
    0 AS position,
    nullif(wrapper.fdwhandler, 0)::regproc::text AS handler,
    nullif(wrapper.fdwvalidator, 0)::regproc::text AS validator,
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
        FROM pg_options_to_table(wrapper.fdwoptions) AS option
        ORDER BY option.option_name COLLATE "C"
    ) AS options
FROM pg_foreign_data_wrapper AS wrapper
WHERE wrapper.oid >= 16384;
