-- finds: GNK-P011 public.Stock
-- Every row was updated three times.
CREATE TABLE "Stock" (id int, line text) WITH (autovacuum_enabled = false);
INSERT INTO "Stock" SELECT n, repeat('x', 200) FROM generate_series(1, 25000) AS n;
UPDATE "Stock" SET id = id + 1;
UPDATE "Stock" SET id = id + 1;
UPDATE "Stock" SET id = id + 1;
ANALYZE "Stock";
