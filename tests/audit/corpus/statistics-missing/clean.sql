-- Analyzed; small; empty.
CREATE TABLE logs (id int PRIMARY KEY, line text) WITH (autovacuum_enabled = false);
INSERT INTO logs SELECT n, repeat('x', 500) FROM generate_series(1, 3000) AS n;
ANALYZE logs;
CREATE TABLE days (day date, line text) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days DEFAULT WITH (autovacuum_enabled = false);
INSERT INTO days SELECT '2025-01-01', repeat('x', 500) FROM generate_series(1, 3000) AS n;
ANALYZE days;
CREATE TABLE small (id int PRIMARY KEY);
INSERT INTO small SELECT generate_series(1, 100);
CREATE TABLE empty (id int PRIMARY KEY);
