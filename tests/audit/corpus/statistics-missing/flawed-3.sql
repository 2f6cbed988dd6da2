-- database: own
-- finds: GNK-P003 public.Logs: Table Logs has never been analyzed.
-- VACUUM alone counts the rows and looks at none.
CREATE TABLE "Logs" (id int PRIMARY KEY, line text) WITH (autovacuum_enabled = false);
INSERT INTO "Logs" SELECT n, repeat('x', 500) FROM generate_series(1, 3000) AS n;
VACUUM "Logs";
