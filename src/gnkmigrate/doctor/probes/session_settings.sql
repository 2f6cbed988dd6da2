-- What new sessions start with (reset_val, whatever this one has set since), where it matters here:
-- limits that end a session or a transaction, and whether local times are in the declared zone.
SELECT
    name,
    reset_val,
    CASE name
        -- Two names may mean one zone (UTC, Etc/UTC, GMT): what counts is what they do.
        WHEN 'TimeZone' THEN EXISTS (
            SELECT
            FROM generate_series(
                timestamp '2000-01-01', timestamp '2038-01-01', interval '1 month'
            ) AS clock (time)
            WHERE clock.time AT TIME ZONE reset_val
                  <> clock.time AT TIME ZONE %(source_timezone)s::text
        )
        ELSE reset_val <> '0'
    END AS matters
FROM pg_settings
WHERE name = ANY (%(names)s)
ORDER BY name
