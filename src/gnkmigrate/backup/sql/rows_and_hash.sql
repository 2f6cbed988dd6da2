-- The number of rows, and a hash of all their values that does not depend on their order: of each
-- row's SHA-256 the first 128 bits are added up in two halves. A sum also sees a row that is
-- there twice, which exclusive or would not.
SELECT
    concat_ws(
        ' ',
        count(*),
        encode(
            sha256(
                textsend(
                    concat_ws(
                        ' ',
                        count(*),
                        sum(('x' || left(hashed.digest, 16))::bit(64)::bigint),
                        sum(('x' || substr(hashed.digest, 17, 16))::bit(64)::bigint)
                    )
                )
            ),
            'hex'
        )
    ) AS answer
FROM ONLY %I.%I AS relation
CROSS JOIN LATERAL (
    -- OFFSET 0 keeps the digest from being computed twice.
    SELECT encode(sha256(textsend(ROW(relation.*)::text)), 'hex') AS digest OFFSET 0
) AS hashed
