-- ---
-- id = "MINEGNK-003"
-- title = "What user_nodes says about a node fits into nodes"
-- severity = "high"
-- object = "public.user_nodes"
-- one = "One node has an address, label or other text that is too long for table nodes."
-- many = "COUNT nodes have an address, label or other text that is too long for table nodes."
-- impact = "Phase data moves these texts to nodes and stops at what does not fit."
-- recommendation = """Shorten them, or let the policy overflow = "truncate" keep the originals aside."""
-- phase = "data"
-- requires = ["public.user_nodes.node_address", "public.user_nodes.label"]
-- ---
-- The lengths are those of nodes in schema/target.sql.
SELECT
    assignment.id::text AS key,
    char_length(assignment.node_address) AS node_address_length,
    char_length(assignment.label) AS label_length,
    char_length(assignment.gpu_type) AS gpu_type_length,
    char_length(assignment.gcore_instance_id) AS gcore_instance_id_length
FROM public.user_nodes AS assignment
WHERE
    char_length(assignment.node_address) > 255
    OR char_length(assignment.label) > 100
    OR char_length(assignment.gpu_type) > 50
    OR char_length(assignment.gcore_instance_id) > 255;
