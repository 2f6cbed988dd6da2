SELECT
    current_setting('ssl')::boolean AS ssl,
    current_setting('listen_addresses') AS listens,
    EXISTS (
        SELECT
        FROM regexp_split_to_table(current_setting('listen_addresses'), '\s*,\s*') AS address
        WHERE address NOT IN ('', 'localhost', '::1') AND address !~ '^127\.'
    ) AS open,
    sessions.plain,
    sessions.roles
FROM (
    SELECT
        count(*) AS plain,
        array_agg(DISTINCT activity.usename::text) AS roles
    FROM pg_stat_activity AS activity
    JOIN pg_stat_ssl AS tls USING (pid)
    LEFT JOIN pg_stat_gssapi AS gssapi USING (pid)
    WHERE
        activity.datname = current_database()
        AND NOT (activity.client_addr <<= '127.0.0.0/8' OR activity.client_addr = '::1')
        AND NOT tls.ssl
        AND gssapi.encrypted IS NOT TRUE
) AS sessions
