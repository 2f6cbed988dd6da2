-- ---
-- id = "MINEGNK-005"
-- title = "What the cache says about a node is at most five minutes old"
-- severity = "medium"
-- object = "public.node_stats_cache.fetched_at"
-- type = "column"
-- one = "The state of one node was fetched more than five minutes ago."
-- many = "The states of COUNT nodes were fetched more than five minutes ago."
-- impact = "Users see states, earnings and uptime of before, and nothing tells them so."
-- recommendation = "See whether the job that fetches still runs; serve only rows with a fresh fetched_at."
-- requires = ["public.node_stats_cache.fetched_at"]
-- ---
-- The report gives the cache one to five minutes; what is older than 30 days is MINEGNK-008's.
SELECT
    cache.node_id::text AS key,
    cache.fetched_at
FROM public.node_stats_cache AS cache
WHERE
    cache.fetched_at IS NULL
    OR cache.fetched_at BETWEEN now() - interval '30 days' AND now() - interval '5 minutes';
