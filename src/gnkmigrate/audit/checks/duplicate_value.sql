SELECT found.key
FROM (
    SELECT {key} AS key, count(*) OVER (PARTITION BY {parts}) AS copies
    FROM {rows}
    WHERE {given}
) AS found
WHERE found.copies > 1
