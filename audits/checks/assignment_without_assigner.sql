-- ---
-- id = "MINEGNK-007"
-- title = "Every assignment says who made it"
-- severity = "low"
-- object = "public.user_nodes.assigned_by"
-- type = "column"
-- one = "One assignment does not say who made it."
-- many = "COUNT assignments do not say who made them."
-- impact = "Nobody can be asked why a user has a node."
-- recommendation = "Let the backend write assigned_by; those from before it existed stay without."
-- requires = ["public.user_nodes.assigned_by", "public.user_nodes.node_id"]
-- ---
SELECT
    assignment.user_id::text || ' ' || assignment.node_id::text AS key,
    assignment.assigned_at
FROM public.user_nodes AS assignment
WHERE assignment.assigned_by IS NULL;
