SELECT {key} AS key
FROM {rows}
WHERE
    isfinite({column})
    AND (
        -- Left out: there and back again is another time.
        ({column} AT TIME ZONE {zone}) AT TIME ZONE {zone} <> {column}
        -- Twice: an hour earlier or later the clocks showed the same.
        OR (({column} AT TIME ZONE {zone}) - interval '1 hour') AT TIME ZONE {zone} = {column}
        OR (({column} AT TIME ZONE {zone}) + interval '1 hour') AT TIME ZONE {zone} = {column}
    )
