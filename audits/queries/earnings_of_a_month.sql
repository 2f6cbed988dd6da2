-- ---
-- name = "earnings of a node in a month"
-- shape = "after"
-- [parameters]
-- node = "SELECT node_id FROM earnings_history ORDER BY node_id LIMIT 1"
-- ---
SELECT date, earnings_gnk
FROM earnings_history
WHERE node_id = :'node' AND date > date '2025-11-09'
ORDER BY date DESC;
