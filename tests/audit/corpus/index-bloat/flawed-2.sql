-- finds: GNK-P013 public.logs.The Line
-- Of two columns, after a large part was deleted.
-- database: own
CREATE TABLE logs (id int, line text) WITH (autovacuum_enabled = false);
INSERT INTO logs SELECT n, md5(n::text) FROM generate_series(1, 250000) AS n;
CREATE INDEX "The Line" ON logs (line, id);
DELETE FROM logs WHERE id % 8 <> 0;
VACUUM (ANALYZE) logs;
