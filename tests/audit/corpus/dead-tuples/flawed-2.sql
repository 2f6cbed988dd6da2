-- database: own
-- needs: PostgreSQL 15
-- finds: GNK-P005 public.Logs: Table Logs holds 15,000 dead rows beside 15,000 living ones.
-- Deleted; a vacuum has counted the rows before.
CREATE TABLE "Logs" (id int PRIMARY KEY) WITH (autovacuum_enabled = false);
INSERT INTO "Logs" SELECT generate_series(1, 30000);
SELECT pg_stat_force_next_flush();
VACUUM "Logs";
DELETE FROM "Logs" WHERE id > 15000;
SELECT pg_stat_force_next_flush();
