-- database: own
-- needs: PostgreSQL 15
-- Few changes for its size; analyzed since; never analyzed, which is another check's.
CREATE TABLE large (id int, n int) WITH (autovacuum_enabled = false);
INSERT INTO large SELECT n, 0 FROM generate_series(1, 80000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE large;
UPDATE large SET n = 1 WHERE id <= 12000;
CREATE TABLE analyzed (id int, n int) WITH (autovacuum_enabled = false);
INSERT INTO analyzed SELECT n, 0 FROM generate_series(1, 20000) AS n;
UPDATE analyzed SET n = 1;
SELECT pg_stat_force_next_flush();
ANALYZE analyzed;
CREATE TABLE never (id int, n int) WITH (autovacuum_enabled = false);
INSERT INTO never SELECT n, 0 FROM generate_series(1, 20000) AS n;
SELECT pg_stat_force_next_flush();
