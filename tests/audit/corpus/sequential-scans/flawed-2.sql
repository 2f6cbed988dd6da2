-- database: own
-- needs: PostgreSQL 15
-- finds: GNK-P001 public.Stock
-- It has an index, which some statements use.
CREATE TABLE "Stock" (id int PRIMARY KEY, n int);
INSERT INTO "Stock" SELECT n, 0 FROM generate_series(1, 12000) AS n;
DO $$ BEGIN FOR i IN 1..60 LOOP PERFORM count(*) FROM "Stock" WHERE n = 1; END LOOP; END $$;
DO $$ BEGIN FOR i IN 1..30 LOOP PERFORM n FROM "Stock" WHERE id = i; END LOOP; END $$;
SELECT pg_stat_force_next_flush();
