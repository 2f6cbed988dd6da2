-- database: own
-- needs: PostgreSQL 15
-- finds: GNK-P004 public.stock
-- A table of which the statistics should be newer than those of others.
CREATE TABLE stock (id int, n int) WITH (
    autovacuum_enabled = false, autovacuum_analyze_scale_factor = 0.01
);
INSERT INTO stock SELECT n, 0 FROM generate_series(1, 80000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE stock;
UPDATE stock SET n = 1 WHERE id <= 12000;
SELECT pg_stat_force_next_flush();
