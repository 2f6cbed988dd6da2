-- Rows as a few years of use leave them behind: %(rows)s nodes and as many requests, a tenth as
-- many users. The same number gives the same rows, since everything derives from the row's own.

-- Few users have much and most have little. Of 1,000,000 rows the first of 100,000 users has 21,544,
-- nineteen have a thousand or more, one user in a hundred has a fifth of all together, and the last
-- has three.
CREATE TEMPORARY TABLE owned AS
SELECT number, 1 + floor(greatest(%(rows)s / 10, 2) * share * share * share)::int AS place
FROM generate_series(1, %(rows)s) AS number
CROSS JOIN LATERAL (SELECT number * 0.6180339887498949::float8) AS golden (multiple)
CROSS JOIN LATERAL (SELECT multiple - floor(multiple)) AS spread (share);

CREATE TEMPORARY TABLE person AS
SELECT number AS place,
       md5('user ' || number)::uuid AS id,
       CASE number
           WHEN 1 THEN 'twin@minegnk.example'
           WHEN 2 THEN 'Twin@minegnk.example'  -- two users who differ in case alone
           ELSE format('user%%s@minegnk.example', number)
       END AS email
FROM generate_series(1, greatest(%(rows)s / 10, 2)) AS number
WHERE %(rows)s > 0;

INSERT INTO public.users (id, email, password, name, role, "isActive", "createdAt", "updatedAt")
SELECT id, email, '!not-a-hash',
       (ARRAY['Zoë', 'Ştefan', 'O''Hara', '"Q"', 'שרה', '陳大文', 'Иван', NULL, E'two\nlines', ''])
           [place %% 10 + 1],
       CASE WHEN place %% 50 = 0 THEN 'admin' ELSE 'user' END::public.users_role_enum,
       place %% 7 <> 0,
       timestamp '2024-01-01' + place * interval '7 hours 13 minutes',
       timestamp '2024-06-01' + place * interval '5 hours 1.000001 seconds'
FROM person;

-- Some nodes are inactive, some labels too long, some were added in the hours that a change to or
-- from summer time skips or repeats.
INSERT INTO public.user_nodes
    (id, user_id, node_address, label, gpu_type, gcore_instance_id, notes, is_active, created_at,
     updated_at)
SELECT md5('node ' || number)::uuid,
       person.id,
       'gonka1' || md5('address ' || number),
       CASE WHEN number %% 97 = 0 THEN repeat('long label ', 12)
            ELSE (ARRAY['вузол', 'ノード', 'nœud n° ', 'rack 🚀', 'a "quoted" one', E'tab\there', NULL])
                     [number %% 7 + 1] || number
       END,
       (ARRAY['3080', '4090', 'H100', 'H200', 'A100 (shared)', NULL])[number %% 6 + 1],
       CASE WHEN number %% 3 = 0 THEN 'gcore-' || left(md5('instance ' || number), 8) END,
       CASE WHEN number %% 4 = 0 THEN 'note ' || number END,
       number %% 5 <> 0,
       (ARRAY[timestamp '2025-03-30 02:30', '2025-10-26 02:30', '2025-03-09 02:59:59.999999'])
           [number %% 3 + 1] + (number / 3) * interval '1 microsecond',
       timestamp '2025-11-01' + number * interval '11 minutes'
FROM owned
JOIN person USING (place)
ORDER BY number;

-- processed_by is a free text: a user's e-mail, nearly one, an id, or something else.
INSERT INTO public.node_requests
    (id, user_id, gpu_type, gpu_count, region, message, status, admin_notes, processed_by,
     processed_at, created_at, updated_at)
SELECT md5('request ' || number)::uuid,
       person.id,
       (ARRAY['3080', '4090', 'H100', 'H200'])[number %% 4 + 1]::public.node_requests_gpu_type_enum,
       number %% 8 + 1,
       (ARRAY['eu-west', 'Київ', '東京', NULL, repeat('region ', 20)])[number %% 5 + 1],
       CASE WHEN number %% 2 = 0 THEN 'message ' || number END,
       CASE WHEN number > 0.98 * %(rows)s THEN 'pending'  -- the newest
            ELSE (ARRAY['approved', 'rejected', 'completed'])[number %% 3 + 1]
       END::public.node_requests_status_enum,
       CASE WHEN number %% 6 = 0 THEN 'asked twice' END,
       (ARRAY[person.email, upper(person.email), person.id::text, upper(person.id::text),
              'the night shift', 'TWIN@minegnk.example', '', NULL])[number %% 8 + 1],
       CASE WHEN number %% 8 <> 7 THEN timestamp '2025-12-01' + number * interval '1 minute' END,
       timestamp '2025-11-01' + number * interval '17 minutes',
       timestamp '2025-11-02' + number * interval '19 minutes'
FROM owned
JOIN person USING (place)
ORDER BY number;

DROP TABLE owned, person
