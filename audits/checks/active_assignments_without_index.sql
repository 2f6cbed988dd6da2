-- ---
-- id = "MINEGNK-002"
-- title = "Active assignments are found by an index"
-- severity = "low"
-- kind = "missing"
-- type = "index"
-- object = "public.user_nodes.idx_user_nodes_active"
-- one = "Index idx_user_nodes_active on user_nodes (is_active) WHERE is_active is missing."
-- many = "COUNT indexes on user_nodes.is_active are missing."
-- impact = "Queries for active assignments read the whole table."
-- recommendation = "Create it only if the migration waits: phase join-table removes is_active."
-- phase = "join-table"
-- requires = ["public.user_nodes.is_active"]
-- ---
SELECT 'user_nodes.is_active' AS key
FROM pg_catalog.pg_attribute AS attribute
WHERE
    attribute.attrelid = to_regclass('public.user_nodes')
    AND attribute.attname = 'is_active'
    AND NOT EXISTS (
        -- An index depends on the columns of its keys and of its predicate.
        SELECT
        FROM pg_catalog.pg_index AS index
        JOIN pg_catalog.pg_depend AS dependency
            ON dependency.classid = 'pg_catalog.pg_class'::regclass
            AND dependency.objid = index.indexrelid
            AND dependency.refclassid = 'pg_catalog.pg_class'::regclass
            AND dependency.refobjid = index.indrelid
            AND dependency.refobjsubid = attribute.attnum
        WHERE index.indrelid = attribute.attrelid
    );
