-- ---
-- name = "nodes of a user, with statistics"
-- shape = "after"
-- [parameters]
-- user = "SELECT user_id FROM user_nodes GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT 1"
-- ---
SELECT node.*, stats.status, stats.earnings_day, stats.uptime_percent
FROM users
JOIN user_nodes AS assigned ON assigned.user_id = users.id
JOIN nodes AS node ON node.id = assigned.node_id
LEFT JOIN node_stats_cache AS stats ON stats.node_id = node.id
WHERE users.id = :'user';
