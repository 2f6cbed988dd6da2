-- database: own
-- needs: PostgreSQL 15
-- Few; many, but less than autovacuum waits for; vacuumed.
CREATE TABLE few (id int, n int) WITH (autovacuum_enabled = false);
INSERT INTO few SELECT n, 0 FROM generate_series(1, 1000) AS n;
UPDATE few SET n = 1;
CREATE TABLE large (id int, n int) WITH (autovacuum_enabled = false);
INSERT INTO large SELECT n, 0 FROM generate_series(1, 80000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE large;
UPDATE large SET n = 1 WHERE id <= 12000;
CREATE TABLE vacuumed (id int, n int) WITH (autovacuum_enabled = false);
INSERT INTO vacuumed SELECT n, 0 FROM generate_series(1, 20000) AS n;
UPDATE vacuumed SET n = 1;
SELECT pg_stat_force_next_flush();
VACUUM vacuumed;
SELECT pg_stat_force_next_flush();
