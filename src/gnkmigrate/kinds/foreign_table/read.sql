-- Tables whose rows are elsewhere. An option whose name or value tells of a secret is read as ***.
SELECT
    relation.oid,
    0 AS subid,
    relation.relnamespace AS parent,
    0 AS parent_subid,
    relation.relname AS name,
    0 AS position,
    server.srvname AS server,
    ARRAY(
        SELECT
            option.option_name || '=' || CASE
                WHEN
                    option.option_name <> 'password_required'
                    AND option.option_name ~* (
                        'pass(word|wd|phrase|file|code)|pwd|secret|credential|(^|_)(pass|token)$'
                        '|(api|access|private|ssl|auth|account)_?key'
                    )
                    OR option.option_value ~* '(pass(word|wd|phrase)|pwd|secret)\s*=|://[^/@\s]*:[^/@\s]*@'
                THEN '***'
                ELSE option.option_value
            END
        FROM pg_options_to_table(foreign_table.ftoptions) AS option
        ORDER BY option.option_name COLLATE "C"
    ) AS options,
    CASE
        WHEN NOT relation.relispartition
        THEN ARRAY(
            SELECT ARRAY[namespace.nspname, above.relname]::text[]
            FROM pg_inherits AS inheritance
            JOIN pg_class AS above ON above.oid = inheritance.inhparent
            JOIN pg_namespace AS namespace ON namespace.oid = above.relnamespace
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
