-- A user's nodes with their cached statistics, in one query
SELECT node.display_name AS node, node.gpu_type AS gpu, stats.status,
       trim_scale(stats.earnings_day) AS day, stats.uptime_percent AS uptime
FROM public.users
JOIN public.user_nodes AS assigned ON assigned.user_id = users.id
JOIN public.nodes AS node ON node.id = assigned.node_id
LEFT JOIN public.node_stats_cache AS stats ON stats.node_id = node.id
WHERE users.email = 'olena@minegnk.example'
ORDER BY node.display_name
LIMIT 5
