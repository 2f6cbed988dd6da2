-- ---
-- name = "newest requests"
-- ---
SELECT id, user_id, gpu_type, status, created_at
FROM node_requests
ORDER BY created_at DESC
LIMIT 50;
