-- ---
-- name = "newest active users"
-- shape = "after"
-- ---
SELECT id, email, name
FROM users
WHERE is_active
ORDER BY created_at DESC
LIMIT 50;
