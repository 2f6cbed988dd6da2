SELECT
    queryid,
    calls,
    total / calls AS mean,
    round(rows / calls) AS rows,
    share,
    -- The extension replaces constants in these only.
    CASE WHEN query ~* '^\s*(select|with|insert|update|delete|merge|values|table)\M'
        THEN left(regexp_replace(query, '\s+', ' ', 'g'), 500) END AS statement
FROM (
    SELECT
        queryid,
        min(query) AS query,
        sum(calls) AS calls,
        sum(rows) AS rows,
        sum(total_exec_time) AS total,
        round((100 * sum(total_exec_time) / nullif(sum(sum(total_exec_time)) OVER (), 0))::numeric)
        AS share
    FROM {view}
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    GROUP BY queryid
) AS statement
WHERE calls >= {calls} AND total / calls >= {mean}
ORDER BY total DESC
LIMIT {statements}
