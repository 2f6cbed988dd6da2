-- database: own
-- needs: PostgreSQL 15
-- finds: GNK-P004 public.stock: Table stock has changed much since it was last analyzed.
CREATE TABLE stock (id int, n int) WITH (autovacuum_enabled = false);
INSERT INTO stock SELECT n, 0 FROM generate_series(1, 20000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE stock;
UPDATE stock SET n = 1;
SELECT pg_stat_force_next_flush();
