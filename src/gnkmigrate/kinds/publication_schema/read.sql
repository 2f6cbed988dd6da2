-- Schemas of which a publication publishes all tables.
SELECT
    entry.oid,
    0 AS subid,
    entry.pnpubid AS parent,
    0 AS parent_subid,
    namespace.nspname AS name,
    0 AS position
FROM pg_publication_namespace AS entry
JOIN pg_namespace AS namespace ON namespace.oid = entry.pnnspid
WHERE entry.pnnspid = ANY (%(schemas)s::oid[]);
