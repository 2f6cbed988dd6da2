-- finds: GNK-P003 public.logs: Table logs has never been analyzed.
CREATE TABLE logs (id int PRIMARY KEY, line text) WITH (autovacuum_enabled = false);
INSERT INTO logs SELECT n, repeat('x', 500) FROM generate_series(1, 3000) AS n;
