-- Constraints of tables, by what they constrain. PostgreSQL 18's NOT NULL constraints stay out
-- unless they say more than the column does. So do the copies that partitions and children hold
-- of their parent's, apart from keys: those have indexes, whose names are the partition's own.
-- pg_get_constraintdef() opens every relation again to name its columns. The reader knows them, and
-- puts together what most constraints say (ruleutils.c, pg_get_constraintdef_worker); `definition`
-- is what it does not know how to, or NULL.
SELECT
    restriction.oid,
    0 AS subid,
    restriction.conrelid AS parent,
    0 AS parent_subid,
    restriction.conname AS name,
    0 AS position,
    CASE restriction.contype
        WHEN 'p' THEN 'primary key'
        WHEN 'u' THEN 'unique'
        WHEN 'f' THEN 'foreign key'
        WHEN 'c' THEN 'check'
        WHEN 'x' THEN 'exclusion'
    END AS type,
    CASE
        WHEN NOT restriction.convalidated
            OR restriction.contype = 'x'
            OR restriction.contype = 'c' AND restriction.connoinherit
            OR restriction.contype IN ('p', 'u') AND (
                restriction.conexclop IS NOT NULL
                OR index.indnatts <> index.indnkeyatts
                OR restriction.contype = 'u' AND (
                    SELECT indnullsnotdistinct
                    FROM pg_index AS itself
                    WHERE itself.indexrelid = restriction.conindid
                )
            )
            OR restriction.contype = 'f' AND (
                restriction.confdeltype IN ('n', 'd') AND (
                    SELECT confdelsetcols
                    FROM pg_constraint AS itself
                    WHERE itself.oid = restriction.oid
                ) IS NOT NULL
                OR restriction.confrelid IN (
                    SELECT referenced.oid
                    FROM pg_class AS referenced
                    WHERE
                        referenced.relkind IN ('r', 'p')
                        AND referenced.relnamespace <> ALL (%(schemas)s::oid[])
                )
                OR restriction.confrelid = ANY (%(skipped)s::oid[])
                OR restriction.conindid IN (
                    SELECT range.indexrelid FROM pg_index AS range WHERE range.indisexclusion
                )
            )
        -- Whether it has been validated is a value of its own.
        THEN regexp_replace(pg_get_constraintdef(restriction.oid), ' NOT VALID$', '')
    END AS definition,
    CASE WHEN restriction.contype = 'f' THEN restriction.confrelid::regclass END::text AS referenced,
    CASE restriction.confmatchtype WHEN 'f' THEN ' MATCH FULL' ELSE '' END
    || CASE restriction.confupdtype
        WHEN 'r' THEN ' ON UPDATE RESTRICT'
        WHEN 'c' THEN ' ON UPDATE CASCADE'
        WHEN 'n' THEN ' ON UPDATE SET NULL'
        WHEN 'd' THEN ' ON UPDATE SET DEFAULT'
        ELSE ''
    END
    || CASE restriction.confdeltype
        WHEN 'r' THEN ' ON DELETE RESTRICT'
        WHEN 'c' THEN ' ON DELETE CASCADE'
        WHEN 'n' THEN ' ON DELETE SET NULL'
        WHEN 'd' THEN ' ON DELETE SET DEFAULT'
        ELSE ''
    END
    || CASE WHEN restriction.condeferrable THEN ' DEFERRABLE' ELSE '' END
    || CASE WHEN restriction.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END AS rules,
    restriction.conkey AS columns,
    restriction.confkey AS referenced_columns,
    nullif(restriction.confrelid, 0) AS references,
    CASE restriction.contype
        WHEN 'c' THEN pg_get_expr(restriction.conbin, restriction.conrelid)
        WHEN 'x' THEN pg_get_expr(index.indpred, index.indrelid)
    END AS expression,
    restriction.convalidated AS validated,
    index_relation.reloptions AS options,
    CASE WHEN restriction.contype IN ('p', 'u', 'x') THEN tablespace.spcname END AS tablespace,
    unusual.firing,
    above.name AS attached_to,
    coalesce(index.indisclustered, false) AS clustered,
    coalesce(index.indisreplident, false) AS replica_identity
-- PostgreSQL 14 has neither of the two: the names then find these instead.
FROM (SELECT NULL::smallint[] AS confdelsetcols, false AS indnullsnotdistinct) AS before_15
CROSS JOIN pg_constraint AS restriction
LEFT JOIN pg_index AS index
    ON index.indexrelid = restriction.conindid AND restriction.contype IN ('p', 'u', 'x')
LEFT JOIN pg_class AS index_relation
    ON index_relation.oid = index.indexrelid
    AND (index_relation.reloptions IS NOT NULL OR index_relation.reltablespace <> 0)
LEFT JOIN pg_tablespace AS tablespace ON tablespace.oid = index_relation.reltablespace
LEFT JOIN (
    -- The triggers by which PostgreSQL keeps foreign keys, where they do not fire as usual.
    SELECT
        trigger.tgconstraint,
        jsonb_object_agg(
            CASE
                WHEN called.proname = 'RI_FKey_check_ins' THEN 'referencing insert'
                WHEN called.proname = 'RI_FKey_check_upd' THEN 'referencing update'
                WHEN called.proname LIKE '%%\_del' THEN 'referenced delete'
                ELSE 'referenced update'
            END,
            CASE trigger.tgenabled
                WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always'
            END
        ) AS firing
    FROM pg_trigger AS trigger
    JOIN pg_proc AS called ON called.oid = trigger.tgfoid
    WHERE
        trigger.tgisinternal
        AND trigger.tgenabled <> 'O'
        AND called.proname LIKE 'RI\_FKey\_%%'
    GROUP BY trigger.tgconstraint
) AS unusual ON unusual.tgconstraint = restriction.oid AND restriction.contype = 'f'
LEFT JOIN (
    -- A partition's key may also be its share of what is only an index in the parent.
    SELECT
        inheritance.inhrelid,
        CASE
            WHEN key.oid IS NULL THEN ARRAY[namespace.nspname, relation.relname]
            ELSE ARRAY[namespace.nspname, key_relation.relname, key.conname]
        END::text[] AS name
    FROM pg_inherits AS inheritance
    JOIN pg_class AS relation ON relation.oid = inheritance.inhparent AND relation.relkind = 'I'
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    LEFT JOIN pg_constraint AS key
        ON key.conindid = relation.oid AND key.contype IN ('p', 'u', 'x')
    LEFT JOIN pg_class AS key_relation ON key_relation.oid = key.conrelid
) AS above ON above.inhrelid = index.indexrelid
WHERE
    restriction.contype IN ('p', 'u', 'f', 'c', 'x')
    AND restriction.conrelid <> 0
    AND restriction.connamespace = ANY (%(schemas)s::oid[])
    AND restriction.conrelid <> ALL (%(skipped)s::oid[])
    AND (restriction.conparentid = 0 OR restriction.contype IN ('p', 'u', 'x'))
    AND (restriction.conislocal OR restriction.coninhcount = 0 OR restriction.contype IN ('p', 'u', 'x'));
