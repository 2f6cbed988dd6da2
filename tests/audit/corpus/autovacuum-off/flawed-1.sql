-- finds: GNK-P006 public.logs: Autovacuum is switched off for table logs.
CREATE TABLE logs (id int PRIMARY KEY) WITH (autovacuum_enabled = false);
