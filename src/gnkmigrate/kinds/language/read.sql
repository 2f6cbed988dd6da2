-- Procedural languages that neither initdb nor an extension made.
SELECT
    language.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    language.lanname AS name,
    0 AS position,
    language.lanpltrusted AS trusted,
    nullif(language.lanplcallfoid, 0)::regproc::text AS handler,
    nullif(language.laninline, 0)::regproc::text AS inline,
    nullif(language.lanvalidator, 0)::regproc::text AS validator
FROM pg_language AS language
WHERE language.oid >= 16384;
