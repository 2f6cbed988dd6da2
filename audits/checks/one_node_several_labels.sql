-- ---
-- id = "MINEGNK-004"
-- title = "Every node has one label"
-- severity = "medium"
-- object = "public.user_nodes.label"
-- type = "column"
-- one = "One node stands under several labels."
-- many = "COUNT nodes stand under several labels."
-- impact = "In table nodes a node has one display_name: the others are kept in the archive only."
-- recommendation = "Agree on one label for each node before phase data moves them."
-- phase = "data"
-- requires = ["public.user_nodes.node_address", "public.user_nodes.label"]
-- ---
-- node_address is unique as it is written; case and spaces make one node two.
SELECT
    min(assignment.node_address) AS key,
    count(*) AS assignments,
    string_agg(DISTINCT coalesce(assignment.label, 'none'), ', ') AS labels
FROM public.user_nodes AS assignment
GROUP BY lower(btrim(assignment.node_address))
HAVING count(DISTINCT coalesce(assignment.label, '')) > 1;
