-- finds: GNK-S027 public.t.d: All texts that are known of t.d are dates.
-- finds: GNK-S027 public.t.n: All texts that are known of t.n are numbers.
-- finds: GNK-S027 public.t.u: All texts that are known of t.u are uuids.
CREATE TABLE t (id int PRIMARY KEY, u text, n varchar(20), d text);
INSERT INTO t
SELECT n, gen_random_uuid()::text, (n * 7)::text, (date '2025-01-01' + n)::text
FROM generate_series(1, 50) AS n;
ANALYZE t;
