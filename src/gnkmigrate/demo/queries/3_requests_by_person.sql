-- Who processed requests: a person now, where it was a text
SELECT users.email, users.role, count(*) AS requests
FROM public.node_requests AS request
JOIN public.users ON users.id = request.processed_by
GROUP BY users.id
ORDER BY requests DESC, users.email
LIMIT 3
