-- Conversions from one encoding to another.
SELECT
    conversion.oid,
    0 AS subid,
    conversion.connamespace AS parent,
    0 AS parent_subid,
    conversion.conname AS name,
    0 AS position,
    pg_encoding_to_char(conversion.conforencoding)::text AS source,
    pg_encoding_to_char(conversion.contoencoding)::text AS target,
    conversion.conproc::text AS function,
    conversion.condefault AS default
FROM pg_conversion AS conversion
WHERE conversion.connamespace = ANY (%(schemas)s::oid[]);
