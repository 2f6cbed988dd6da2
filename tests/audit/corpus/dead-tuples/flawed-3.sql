-- database: own
-- needs: PostgreSQL 15
-- finds: GNK-P005 public.stock
-- A table whose autovacuum should come much sooner than for others.
CREATE TABLE stock (id int, n int) WITH (
    autovacuum_enabled = false, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000
);
INSERT INTO stock SELECT n, 0 FROM generate_series(1, 80000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE stock;
UPDATE stock SET n = 1 WHERE id <= 12000;
SELECT pg_stat_force_next_flush();
