-- finds: GNK-S001 public.logs: Table logs has no primary key.
-- A partitioned table, once.
CREATE TABLE logs (day date) PARTITION BY LIST (day);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES IN ('2025-01-01');
