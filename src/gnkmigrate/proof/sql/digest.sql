-- How many rows a table has, a hash of its rows in any order, and for some columns how many values
-- and a hash of them in any order. Hashes are added up, so that nothing has to be sorted and what
-- comes twice counts twice. ROW(...)::text tells NULL from '' and quotes what would be ambiguous.
SELECT
    count(*),
    concat_ws(
        '/',
        sum(('x' || encode(substr(digest, 1, 8), 'hex'))::bit(64)::bigint),
        sum(('x' || encode(substr(digest, 9, 8), 'hex'))::bit(64)::bigint),
        sum(('x' || encode(substr(digest, 17, 8), 'hex'))::bit(64)::bigint),
        sum(('x' || encode(substr(digest, 25, 8), 'hex'))::bit(64)::bigint)
    ),
    ARRAY[{counts}]::bigint[],
    ARRAY[{sums}]::numeric[]
FROM (
    SELECT sha256(convert_to(ROW({together})::text, 'UTF8')) AS digest, ARRAY[{apart}]::text[] AS apart
    FROM ONLY {table}
) AS held;
