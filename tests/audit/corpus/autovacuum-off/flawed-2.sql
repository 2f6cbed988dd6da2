-- finds: GNK-P006 public.Logs: Autovacuum is switched off for table Logs.
-- Only for its long values, in another spelling.
CREATE TABLE "Logs" (id int PRIMARY KEY, line text);
ALTER TABLE "Logs" SET (toast.autovacuum_enabled = 'off');
