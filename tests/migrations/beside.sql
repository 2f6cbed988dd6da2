-- What only the new shape has: contacts of users, statistics and earnings of nodes over two years.
UPDATE users SET telegram = '@' || split_part(email, '@', 1),
    discord = CASE WHEN email LIKE 'a%' THEN 'Ünïcode ''quoted'' #1' END;
INSERT INTO node_stats_cache (node_id, status, earnings_day, source, fetched_at)
SELECT id, 'up', 1.5, 'tracker', '2025-12-01 10:00:00+00' FROM nodes;
INSERT INTO earnings_history (node_id, date, earnings_gnk, source)
SELECT nodes.id, day::date, extract(day FROM day) / 8, 'tracker'
FROM nodes, generate_series(timestamp '2024-11-15', timestamp '2025-12-05', interval '9 days') AS day;
INSERT INTO earnings_history (node_id, date, earnings_gnk) VALUES (NULL, '2025-11-30', 0);
