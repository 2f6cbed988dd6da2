-- ---
-- name = "requests of a usual user"
-- [parameters]
-- user = '''
--   SELECT user_id FROM (SELECT user_id, count(*) AS number FROM node_requests GROUP BY user_id) AS owner
--   ORDER BY abs(number - (SELECT count(*) FROM node_requests) / (SELECT count(*) FROM users)), user_id
--   LIMIT 1'''
-- ---
SELECT id, gpu_type, gpu_count, status, created_at
FROM node_requests
WHERE user_id = :'user'
ORDER BY created_at DESC;
