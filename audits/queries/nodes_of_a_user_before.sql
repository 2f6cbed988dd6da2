-- ---
-- name = "nodes of a user, with statistics"
-- shape = "before"
-- requests_a_row = 1
-- request_ms = 150
-- [parameters]
-- user = "SELECT user_id FROM user_nodes GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT 1"
-- ---
-- Each node's statistics come from the tracker, one after the other.
SELECT * FROM user_nodes WHERE user_id = :'user';
