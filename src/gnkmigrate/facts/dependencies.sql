-- Which object needs which, and which belongs to which. Of pg_depend's types (manual, 52.18):
-- n and a are dependencies; i (the type of a table, the rule of a view, the index of a
-- constraint) and e (what an extension made) say which object stands for this one.
-- Left out for speed, since they say nothing new: objects that initdb made (below 16384), a
-- thing's schema and a default's column (they are its parents; a schema is not that of extensions,
-- extended statistics and publications), PostgreSQL's own triggers (foreign keys) and TOAST tables.
SELECT
    link.classid,
    link.objid,
    link.objsubid,
    link.refclassid,
    link.refobjid,
    link.refobjsubid,
    link.deptype IN ('i', 'e') AS belongs
FROM pg_depend AS link
WHERE
    link.objid >= 16384
    AND link.deptype IN ('n', 'a', 'i', 'e')
    AND NOT (
        link.refclassid = 'pg_namespace'::regclass
        AND link.classid NOT IN ('pg_extension'::regclass, 'pg_statistic_ext'::regclass)
        -- PostgreSQL 14 has no such catalog.
        AND link.classid IS DISTINCT FROM (SELECT to_regclass('pg_publication_namespace'))
    )
    AND NOT (link.classid = 'pg_attrdef'::regclass AND link.deptype = 'a')
    AND NOT (
        link.classid = 'pg_trigger'::regclass
        AND link.objid IN (SELECT trigger.oid FROM pg_trigger AS trigger WHERE trigger.tgisinternal)
    )
    -- That a partition is one is a fact of its own.
    AND NOT (
        link.classid = 'pg_class'::regclass
        AND link.refclassid = 'pg_class'::regclass
        AND link.objsubid = 0
        AND link.refobjsubid = 0
        AND link.objid IN (
            SELECT partition.oid
            FROM pg_class AS partition
            WHERE partition.relispartition AND partition.relkind IN ('r', 'p', 'f')
        )
    )
    -- A foreign key's copies for each partition of either table are the key itself.
    AND NOT (
        link.classid = 'pg_constraint'::regclass
        AND link.objid IN (
            SELECT copy.oid
            FROM pg_constraint AS copy
            WHERE copy.contype = 'f' AND copy.conparentid <> 0
        )
    )
    AND NOT (
        link.classid = 'pg_class'::regclass
        AND link.deptype = 'i'
        AND link.objid IN (SELECT class.oid FROM pg_class AS class WHERE class.relkind = 't')
    );
