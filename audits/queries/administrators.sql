-- ---
-- name = "administrators"
-- ---
SELECT id, email, name
FROM users
WHERE role = 'admin'
ORDER BY email
LIMIT 50;
