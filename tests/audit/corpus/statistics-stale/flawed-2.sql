-- database: own
-- needs: PostgreSQL 15
-- finds: GNK-P004 public.Logs
-- It has grown.
CREATE TABLE "Logs" (id int) WITH (autovacuum_enabled = false);
INSERT INTO "Logs" SELECT generate_series(1, 1000);
SELECT pg_stat_force_next_flush();
ANALYZE "Logs";
INSERT INTO "Logs" SELECT generate_series(1, 15000);
SELECT pg_stat_force_next_flush();
