-- Tables whose rows are elsewhere.
SELECT
    relation.oid,
    0 AS subid,
    relation.relnamespace AS parent,
    0 AS parent_subid,
    relation.relname AS name,
    0 AS position,
    quote_ident(server.srvname) AS server,
    ARRAY(
        SELECT option.option_name || '=' || option.option_value
        FROM pg_options_to_table(foreign_table.ftoptions) AS option
        ORDER BY option.option_name COLLATE "C"
    ) AS options,
    CASE
        WHEN NOT relation.relispartition
        THEN ARRAY(
            SELECT inheritance.inhparent::regclass::text
            FROM pg_inherits AS inheritance
            WHERE inheritance.inhrelid = relation.oid
            ORDER BY inheritance.inhseqno
        )
    END AS inherits,
    relation.relispartition AS is_partition
FROM pg_class AS relation
JOIN pg_foreign_table AS foreign_table ON foreign_table.ftrelid = relation.oid
JOIN pg_foreign_server AS server ON server.oid = foreign_table.ftserver
WHERE
    relation.relkind = 'f'
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
