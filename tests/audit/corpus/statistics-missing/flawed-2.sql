-- finds: GNK-P003 public.days: Table days as a whole has never been analyzed.
-- Autovacuum analyzes the partitions, and never their parent.
CREATE TABLE days (day date, line text) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days DEFAULT WITH (autovacuum_enabled = false);
INSERT INTO days SELECT '2025-01-01', repeat('x', 500) FROM generate_series(1, 3000) AS n;
ANALYZE days_1;
