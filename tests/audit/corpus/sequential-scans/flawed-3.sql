-- database: own
-- needs: PostgreSQL 15
-- finds: GNK-P001 public.stock
-- One of two; of many rows.
CREATE TABLE stock (id int, n int);
CREATE TABLE few (id int, n int);
INSERT INTO stock SELECT n, 0 FROM generate_series(1, 100000) AS n;
INSERT INTO few SELECT n, 0 FROM generate_series(1, 100) AS n;
DO $$ BEGIN FOR i IN 1..51 LOOP PERFORM count(*) FROM stock; PERFORM count(*) FROM few; END LOOP; END $$;
SELECT pg_stat_force_next_flush();
