-- Privileges, as far as they differ from those that PostgreSQL gives (acldefault): "reporter=SELECT"
-- is one more, with "*" where it may be passed on, "-=EXECUTE" one that was taken away; nobody in
-- front of "=" is PUBLIC, OWNER is whoever owns the thing. What another role than the owner has
-- granted ends in "/" and that role. What an extension has made counts from the privileges that it
-- has given itself, and is called by its name, since it is no fact.
WITH held AS (
    SELECT
        'pg_class'::regclass AS catalog,
        relation.oid,
        0 AS subid,
        NULL::name AS column,
        relation.relowner AS owner,
        relation.relacl AS acl,
        acldefault(
            CASE relation.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relation.relowner
        ) AS usual,
        CASE relation.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS word
    FROM pg_class AS relation
    WHERE
        relation.relacl IS NOT NULL
        AND relation.relnamespace = ANY (%(schemas)s::oid[])
        AND relation.oid <> ALL (%(skipped)s::oid[])
    UNION ALL
    SELECT
        'pg_class'::regclass,
        relation.oid,
        attribute.attnum,
        attribute.attname,
        relation.relowner,
        attribute.attacl,
        acldefault('c', relation.relowner),
        NULL
    FROM pg_attribute AS attribute
    JOIN pg_class AS relation ON relation.oid = attribute.attrelid
    WHERE
        attribute.attacl IS NOT NULL
        AND NOT attribute.attisdropped
        AND relation.relnamespace = ANY (%(schemas)s::oid[])
        AND relation.oid <> ALL (%(skipped)s::oid[])
    UNION ALL
    SELECT
        'pg_proc'::regclass,
        function.oid,
        0,
        NULL,
        function.proowner,
        function.proacl,
        acldefault('f', function.proowner),
        CASE function.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END
    FROM pg_proc AS function
    WHERE function.proacl IS NOT NULL AND function.pronamespace = ANY (%(schemas)s::oid[])
    UNION ALL
    SELECT
        'pg_type'::regclass,
        type.oid,
        0,
        NULL,
        type.typowner,
        type.typacl,
        acldefault('T', type.typowner),
        'TYPE'
    FROM pg_type AS type
    WHERE type.typacl IS NOT NULL AND type.typnamespace = ANY (%(schemas)s::oid[])
    UNION ALL
    SELECT
        'pg_namespace'::regclass,
        namespace.oid,
        0,
        NULL,
        namespace.nspowner,
        namespace.nspacl,
        acldefault('n', namespace.nspowner),
        'SCHEMA'
    FROM pg_namespace AS namespace
    WHERE namespace.nspacl IS NOT NULL AND namespace.oid = ANY (%(schemas)s::oid[])
    UNION ALL
    SELECT
        'pg_language'::regclass,
        language.oid,
        0,
        NULL,
        language.lanowner,
        language.lanacl,
        acldefault('l', language.lanowner),
        'LANGUAGE'
    FROM pg_language AS language
    WHERE language.lanacl IS NOT NULL
    UNION ALL
    SELECT
        'pg_foreign_data_wrapper'::regclass,
        wrapper.oid,
        0,
        NULL,
        wrapper.fdwowner,
        wrapper.fdwacl,
        acldefault('F', wrapper.fdwowner),
        'FOREIGN DATA WRAPPER'
    FROM pg_foreign_data_wrapper AS wrapper
    WHERE wrapper.fdwacl IS NOT NULL
    UNION ALL
    SELECT
        'pg_foreign_server'::regclass,
        server.oid,
        0,
        NULL,
        server.srvowner,
        server.srvacl,
        acldefault('S', server.srvowner),
        'FOREIGN SERVER'
    FROM pg_foreign_server AS server
    WHERE server.srvacl IS NOT NULL
),

members AS (
    SELECT link.classid, link.objid, initial.initprivs
    FROM pg_depend AS link
    LEFT JOIN pg_init_privs AS initial
        ON initial.classoid = link.classid
        AND initial.objoid = link.objid
        AND initial.objsubid = 0
        AND initial.privtype = 'e'
    WHERE link.refclassid = 'pg_extension'::regclass AND link.deptype = 'e'
),

-- Most of a database's things have the same few.
alike AS (
    SELECT
        held.owner,
        held.acl,
        coalesce(member.initprivs, held.usual) AS usual,
        array_agg(held.catalog::oid) AS catalogs,
        array_agg(held.oid) AS oids,
        array_agg(held.subid::integer) AS subids,
        array_agg(
            CASE
                WHEN member.objid IS NULL THEN held.column
                ELSE
                    held.word || ' '
                    || (pg_identify_object(member.classid, member.objid, 0)).identity
            END
        ) AS columns
    FROM held
    LEFT JOIN members AS member
        ON member.classid = held.catalog AND member.objid = held.oid AND held.subid = 0
    GROUP BY held.owner, held.acl, coalesce(member.initprivs, held.usual)
),

told AS MATERIALIZED (
    SELECT
        alike.*,
        ARRAY(
            SELECT
                CASE WHEN given.is_grantable IS NULL THEN '-' ELSE '' END
                || CASE grantee
                    WHEN 0 THEN ''
                    WHEN alike.owner THEN 'OWNER'
                    ELSE quote_ident(pg_get_userbyid(grantee))
                END
                || '='
                || privilege_type
                || CASE WHEN given.is_grantable THEN '*' ELSE '' END
                || CASE
                    WHEN grantor = alike.owner THEN ''
                    ELSE '/' || quote_ident(pg_get_userbyid(grantor))
                END COLLATE "C" AS entry
            FROM aclexplode(alike.acl) AS given
            FULL JOIN aclexplode(alike.usual) AS usual
                USING (grantor, grantee, privilege_type)
            WHERE given.is_grantable IS DISTINCT FROM usual.is_grantable
            ORDER BY entry
        ) AS grants
    FROM alike
)

SELECT
    thing.catalog,
    thing.oid,
    thing.subid,
    thing.column,
    told.grants
FROM told
CROSS JOIN LATERAL unnest(told.catalogs, told.oids, told.subids, told.columns)
    AS thing (catalog, oid, subid, "column")
WHERE told.grants <> '{}';
