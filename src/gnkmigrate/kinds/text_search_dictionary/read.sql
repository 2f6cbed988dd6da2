-- Dictionaries of text search. Their options are kept as one text, "name = value, name = value",
-- in which quotes inside of quotes are doubled (tsearchcmds.c, serialize_deflist).
SELECT
    dictionary.oid,
    0 AS subid,
    dictionary.dictnamespace AS parent,
    0 AS parent_subid,
    dictionary.dictname AS name,
    0 AS position,
    quote_ident(namespace.nspname) || '.' || quote_ident(template.tmplname) AS template,
    ARRAY(
        SELECT option.found[1]
        FROM regexp_matches(
            dictionary.dictinitoption,
            '((?:"(?:[^"]|"")*"|[^"\s=]+) = (?:E?''(?:[^'']|'''')*''|[^'',]+))(?:, |$)',
            'g'
        ) WITH ORDINALITY AS option (found, number)
        ORDER BY option.number
    ) AS options
FROM pg_ts_dict AS dictionary
JOIN pg_ts_template AS template ON template.oid = dictionary.dicttemplate
JOIN pg_namespace AS namespace ON namespace.oid = template.tmplnamespace
WHERE dictionary.dictnamespace = ANY (%(schemas)s::oid[]);
