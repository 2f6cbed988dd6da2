-- ---
-- name = "nodes of a usual user, with statistics"
-- shape = "after"
-- [parameters]
-- user = '''
--   SELECT user_id FROM (SELECT user_id, count(*) AS number FROM user_nodes GROUP BY user_id) AS owner
--   ORDER BY abs(number - (SELECT count(*) FROM user_nodes) / (SELECT count(*) FROM users)), user_id
--   LIMIT 1'''
-- ---
SELECT node.*, stats.status, stats.earnings_day, stats.uptime_percent
FROM users
JOIN user_nodes AS assigned ON assigned.user_id = users.id
JOIN nodes AS node ON node.id = assigned.node_id
LEFT JOIN node_stats_cache AS stats ON stats.node_id = node.id
WHERE users.id = :'user';
