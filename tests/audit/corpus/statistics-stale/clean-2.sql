-- database: own
-- needs: PostgreSQL 15
-- Analyzed by who has just filled it: the rows are counted once more afterwards.
CREATE TABLE stock (id int, n int) WITH (autovacuum_enabled = false);
INSERT INTO stock SELECT n, 0 FROM generate_series(1, 30000) AS n;
ANALYZE stock;
SELECT pg_stat_force_next_flush();
