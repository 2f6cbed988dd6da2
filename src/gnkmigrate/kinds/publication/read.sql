-- Publications. Their tables and schemas are facts of their own.
SELECT
    publication.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    publication.pubname AS name,
    0 AS position,
    publication.puballtables AS all_tables,
    array_remove(
        ARRAY[
            CASE WHEN publication.pubinsert THEN 'insert' END,
            CASE WHEN publication.pubupdate THEN 'update' END,
            CASE WHEN publication.pubdelete THEN 'delete' END,
            CASE WHEN publication.pubtruncate THEN 'truncate' END
        ],
        NULL
    ) AS publish,
    publication.pubviaroot AS via_root,
    -- Only PostgreSQL 18 and later have it.
    CASE
        WHEN to_jsonb(publication) ->> 'pubgencols' = 's' THEN 'stored' ELSE 'none'
    END AS generated_columns
FROM pg_publication AS publication;
