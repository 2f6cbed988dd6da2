-- finds: GNK-D008 public.t.a: One value of t.a cannot become integer.
-- finds: GNK-D008 public.t.b: One value of t.b cannot become numeric(4,2).
-- finds: GNK-D008 public.t.c: One value of t.c cannot become smallint.
-- Numbers become smaller.
CREATE TABLE t (id bigint PRIMARY KEY, a bigint, b numeric, c integer);
INSERT INTO t VALUES (1, 2147483647, 99.994, 32767), (2, 2147483648, 99.995, -32769);
