-- ---
-- id = "MINEGNK-001"
-- title = "Every processed_by names exactly one user"
-- severity = "high"
-- object = "public.node_requests.processed_by"
-- type = "column"
-- one = "One request was processed by a text that names no user, or more than one."
-- many = "COUNT requests were processed by a text that names no user, or more than one."
-- impact = "Phase columns turns the text into a user's id and stops at what it cannot resolve."
-- recommendation = """Correct the texts, or let the policy unmapped = "archive" keep them aside."""
-- phase = "columns"
-- instead_of = "GNK-D009"
-- requires = ["public.node_requests.processed_by", "public.users.email"]
-- ---
-- As the phase resolves it: by e-mail as written, then in any case, then as the id of a user.
SELECT
    request.id::text AS key,
    request.processed_by::text AS processed_by,
    coalesce(alike.users, 0) AS users_of_that_email
FROM public.node_requests AS request
LEFT JOIN (
    SELECT lower(person.email) AS email, count(*) AS users
    FROM public.users AS person
    GROUP BY lower(person.email)
) AS alike ON alike.email = lower(request.processed_by::text)
LEFT JOIN public.users AS exact ON exact.email = request.processed_by::text
LEFT JOIN public.users AS identified ON identified.id::text = lower(request.processed_by::text)
WHERE
    request.processed_by IS NOT NULL
    AND coalesce(alike.users, 0) <> 1
    AND exact.id IS NULL
    AND identified.id IS NULL;
