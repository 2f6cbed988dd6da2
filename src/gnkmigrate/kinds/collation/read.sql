-- Collations. The columns that only some versions have are found in the row by name: ICU's locale
-- is in collcollate before PostgreSQL 15, in colliculocale before 17, and in colllocale since.
SELECT
    ordering.oid,
    0 AS subid,
    ordering.collnamespace AS parent,
    0 AS parent_subid,
    ordering.collname AS name,
    0 AS position,
    CASE ordering.collprovider
        WHEN 'c' THEN 'libc'
        WHEN 'i' THEN 'icu'
        ELSE 'builtin'
    END AS provider,
    CASE
        WHEN ordering.collprovider <> 'c'
        THEN coalesce(
            every.value ->> 'colllocale',
            every.value ->> 'colliculocale',
            ordering.collcollate::text
        )
    END AS locale,
    CASE WHEN ordering.collprovider = 'c' THEN ordering.collcollate::text END AS lc_collate,
    CASE WHEN ordering.collprovider = 'c' THEN ordering.collctype::text END AS lc_ctype,
    every.value ->> 'collicurules' AS rules,
    ordering.collisdeterministic AS deterministic,
    ordering.collversion AS version
FROM pg_collation AS ordering
CROSS JOIN LATERAL (SELECT to_jsonb(ordering) AS value) AS every
WHERE
    ordering.collnamespace = ANY (%(schemas)s::oid[])
    -- Another encoding's is not to be seen from here, and may have the same name.
    AND ordering.collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()));
