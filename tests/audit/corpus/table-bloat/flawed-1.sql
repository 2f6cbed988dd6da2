-- finds: GNK-P011 public.logs
-- Nine rows of ten were deleted.
CREATE TABLE logs (id int, line text) WITH (autovacuum_enabled = false);
INSERT INTO logs SELECT n, repeat('x', 200) FROM generate_series(1, 60000) AS n;
DELETE FROM logs WHERE id % 10 <> 0;
ANALYZE logs;
