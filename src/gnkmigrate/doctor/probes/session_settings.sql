-- The zone of new sessions (reset_val, whatever this one has set since), where it is another than
-- the declared one. Two names may mean one zone (UTC, Etc/UTC, GMT): what counts is what they do.
SELECT reset_val
FROM pg_settings
WHERE
    name = 'TimeZone'
    AND EXISTS (
        SELECT
        FROM generate_series(
            timestamp '2000-01-01', timestamp '2038-01-01', interval '1 month'
        ) AS clock (time)
        WHERE clock.time AT TIME ZONE reset_val
              <> clock.time AT TIME ZONE %(source_timezone)s::text
    )
