-- finds: GNK-S027 public.t.amount: All texts that are known of t.amount are numbers.
-- finds: GNK-S027 public.t.seen: All texts that are known of t.seen are dates.
-- Amounts, moments, and a NULL here and there; most of the values are the same.
CREATE TABLE t (id int PRIMARY KEY, amount text, seen text, note text);
INSERT INTO t
SELECT n, nullif(n % 20, 0) || '.50', '2025-01-01T10:' || 10 + n % 40 || ':00Z', 'note ' || n
FROM generate_series(1, 500) AS n;
ANALYZE t;
