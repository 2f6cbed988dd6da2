SELECT found.key
FROM (
    SELECT
        {key} AS key,
        count(*) OVER (PARTITION BY {exact}) AS exact_copies,
        count(*) OVER (PARTITION BY {plain}) AS plain_copies
    FROM {rows}
    WHERE {given}
) AS found
WHERE found.plain_copies > found.exact_copies
