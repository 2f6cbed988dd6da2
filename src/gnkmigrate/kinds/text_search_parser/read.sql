-- Parsers of text search: the functions that cut a text into tokens.
SELECT
    parser.oid,
    0 AS subid,
    parser.prsnamespace AS parent,
    0 AS parent_subid,
    parser.prsname AS name,
    0 AS position,
    parser.prsstart::text AS start,
    parser.prstoken::text AS gettoken,
    parser.prsend::text AS end,
    parser.prslextype::text AS lextypes,
    nullif(parser.prsheadline::oid, 0)::regproc::text AS headline
FROM pg_ts_parser AS parser
WHERE parser.prsnamespace = ANY (%(schemas)s::oid[]);
