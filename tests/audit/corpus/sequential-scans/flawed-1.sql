-- database: own
-- needs: PostgreSQL 15
-- finds: GNK-P001 public.stock: Table stock is mostly read from end to end.
CREATE TABLE stock (id int, n int);
INSERT INTO stock SELECT n, 0 FROM generate_series(1, 12000) AS n;
DO $$ BEGIN FOR i IN 1..60 LOOP PERFORM count(*) FROM stock WHERE n = 1; END LOOP; END $$;
SELECT pg_stat_force_next_flush();
