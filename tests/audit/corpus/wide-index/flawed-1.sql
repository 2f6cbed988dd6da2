-- finds: GNK-S010 public.t.wide: Index wide on t has 4 columns.
CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int, d int);
CREATE INDEX wide ON t (a, b, c, d);
