CREATE TABLE t (a int, b int, c int, d int, j jsonb, PRIMARY KEY (a, b, c, d));
CREATE INDEX t_three ON t (b, c, d);
CREATE INDEX t_covering ON t (b) INCLUDE (c, d, a);
CREATE UNIQUE INDEX t_unique ON t (d, c, b, a);
CREATE INDEX t_brin ON t USING brin (a, b, c, d);
