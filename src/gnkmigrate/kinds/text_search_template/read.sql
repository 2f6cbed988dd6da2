-- Templates of text search: the functions that dictionaries are made with.
SELECT
    template.oid,
    0 AS subid,
    template.tmplnamespace AS parent,
    0 AS parent_subid,
    template.tmplname AS name,
    0 AS position,
    template.tmpllexize::text AS lexize,
    nullif(template.tmplinit::oid, 0)::regproc::text AS init
FROM pg_ts_template AS template
WHERE template.tmplnamespace = ANY (%(schemas)s::oid[]);
