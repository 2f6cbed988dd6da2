-- Shell types: names for which a definition is still to come.
SELECT
    type.oid,
    0 AS subid,
    type.typnamespace AS parent,
    0 AS parent_subid,
    type.typname AS name,
    0 AS position
FROM pg_type AS type
WHERE NOT type.typisdefined AND type.typnamespace = ANY (%(schemas)s::oid[]);
