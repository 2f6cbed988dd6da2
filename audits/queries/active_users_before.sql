-- ---
-- name = "newest active users"
-- shape = "before"
-- ---
SELECT id, email, name
FROM users
WHERE "isActive"
ORDER BY "createdAt" DESC
LIMIT 50;
