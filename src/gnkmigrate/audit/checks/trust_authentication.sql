-- hostssl is encrypted, so a plain password is safe on the way there.
SELECT
    rule.auth_method,
    place.remote,
    array_agg(
        format('%%s: %%s', rule.line_number, concat_ws(
            ' ',
            rule.type,
            array_to_string(rule.database, ','),
            array_to_string(rule.user_name, ','),
            rule.address,
            rule.netmask,
            rule.auth_method
        ))
        ORDER BY rule.line_number
    ) AS lines
FROM pg_hba_file_rules AS rule
CROSS JOIN LATERAL (
    SELECT
        rule.type <> 'local'
        AND rule.address IS DISTINCT FROM 'localhost'
        AND rule.address !~ '^(127\.|::1$)' AS remote
) AS place
WHERE
    rule.error IS NULL
    AND (rule.auth_method = 'trust' OR (rule.auth_method = 'password' AND place.remote
        AND rule.type <> 'hostssl'))
    AND NOT 'replication' = ALL (rule.database)
GROUP BY rule.auth_method, place.remote
ORDER BY rule.auth_method, place.remote
