-- What writing these tables would run, and those below them, as far as the catalogs say: a mark for
-- each, which is another one as soon as somebody changes it.
WITH RECURSIVE tree AS (
    SELECT relation::oid AS oid FROM unnest(relations) AS relation
    UNION
    SELECT inhrelid FROM tree JOIN pg_inherits ON inhparent = tree.oid
)
SELECT concat_ws(' ', 'class', oid, relowner, relrowsecurity, relforcerowsecurity)
FROM tree JOIN pg_class USING (oid)
UNION ALL SELECT concat_ws(' ', 'column', attrelid, attnum, atttypid)
FROM tree JOIN pg_attribute ON attrelid = tree.oid WHERE attnum > 0
-- Not by xmin: triggers may be off while we write.
UNION ALL SELECT concat_ws(' ', 'trigger', pg_trigger.oid, tgfoid, tgtype, tginitdeferred, tgqual)
FROM tree JOIN pg_trigger ON tgrelid = tree.oid WHERE tgenabled <> 'D'
UNION ALL SELECT concat_ws(' ', 'rule', pg_rewrite.oid, pg_rewrite.xmin)
FROM tree JOIN pg_rewrite ON ev_class = tree.oid
UNION ALL SELECT concat_ws(' ', 'default', pg_attrdef.oid, adbin)
FROM tree JOIN pg_attrdef ON adrelid = tree.oid
UNION ALL SELECT concat_ws(' ', 'constraint', pg_constraint.oid, conbin)
FROM tree JOIN pg_constraint ON conrelid = tree.oid
UNION ALL SELECT concat_ws(' ', 'index', indexrelid)
FROM tree JOIN pg_index ON indrelid = tree.oid
UNION ALL SELECT concat_ws(' ', 'statistics', pg_statistic_ext.oid)
FROM tree JOIN pg_statistic_ext ON stxrelid = tree.oid
UNION ALL SELECT concat_ws(' ', 'policy', pg_policy.oid, polqual, polwithcheck)
FROM tree JOIN pg_policy ON polrelid = tree.oid
UNION ALL SELECT concat_ws(' ', 'domain', oid, conbin) FROM pg_constraint WHERE contypid > 0
UNION ALL SELECT concat_ws(' ', 'cast', oid, castfunc) FROM pg_cast WHERE oid >= 16384
