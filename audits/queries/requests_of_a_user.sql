-- ---
-- name = "requests of a user"
-- [parameters]
-- user = "SELECT user_id FROM node_requests GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT 1"
-- ---
SELECT id, gpu_type, gpu_count, status, created_at
FROM node_requests
WHERE user_id = :'user'
ORDER BY created_at DESC;
