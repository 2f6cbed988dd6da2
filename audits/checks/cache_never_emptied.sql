-- ---
-- id = "MINEGNK-008"
-- title = "The cache keeps nothing for more than 30 days"
-- severity = "low"
-- object = "public.node_stats_cache"
-- one = "The cache keeps one row that was fetched more than 30 days ago."
-- many = "The cache keeps COUNT rows that were fetched more than 30 days ago."
-- impact = "Nodes that no tracker knows any more look as if they were still there."
-- recommendation = "Delete such rows regularly: the report asks for a retention policy."
-- requires = ["public.node_stats_cache.fetched_at"]
-- ---
SELECT
    cache.node_id::text AS key,
    cache.fetched_at
FROM public.node_stats_cache AS cache
WHERE cache.fetched_at < now() - interval '30 days';
