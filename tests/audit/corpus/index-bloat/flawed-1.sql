-- finds: GNK-P013 public.logs.logs_line
-- Nine rows of ten were deleted, and cleared away.
-- database: own
CREATE TABLE logs (id int, line text) WITH (autovacuum_enabled = false);
INSERT INTO logs SELECT n, md5(n::text) FROM generate_series(1, 250000) AS n;
CREATE INDEX logs_line ON logs (line);
DELETE FROM logs WHERE id % 10 <> 0;
VACUUM (ANALYZE) logs;
