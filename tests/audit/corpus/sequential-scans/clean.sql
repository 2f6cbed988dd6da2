-- database: own
-- needs: PostgreSQL 15
-- Read by its index; read in whole a few times; of few rows; begun and left off.
CREATE TABLE stock (id int PRIMARY KEY, n int);
INSERT INTO stock SELECT n, 0 FROM generate_series(1, 12000) AS n;
ANALYZE stock;
DO $$ BEGIN FOR i IN 1..60 LOOP PERFORM n FROM stock WHERE id = i; END LOOP; END $$;
CREATE TABLE report (id int, n int);
INSERT INTO report SELECT n, 0 FROM generate_series(1, 12000) AS n;
DO $$ BEGIN FOR i IN 1..5 LOOP PERFORM count(*) FROM report; END LOOP; END $$;
CREATE TABLE few (id int, n int);
INSERT INTO few SELECT n, 0 FROM generate_series(1, 100) AS n;
DO $$ BEGIN FOR i IN 1..60 LOOP PERFORM count(*) FROM few; END LOOP; END $$;
CREATE TABLE begun (id int, n int);
INSERT INTO begun SELECT n, 0 FROM generate_series(1, 12000) AS n;
DO $$ BEGIN FOR i IN 1..60 LOOP PERFORM n FROM begun LIMIT 1; END LOOP; END $$;
SELECT pg_stat_force_next_flush();
