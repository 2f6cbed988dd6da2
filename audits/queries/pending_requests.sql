-- ---
-- name = "pending requests"
-- ---
SELECT id, user_id, gpu_type, created_at
FROM node_requests
WHERE status = 'pending'
ORDER BY created_at
LIMIT 50;
