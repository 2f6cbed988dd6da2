-- finds: GNK-S010 public.T.Wide: Index Wide on T has 5 columns.
-- A partial index is as wide.
CREATE TABLE "T" (id int PRIMARY KEY, a int, b int, c int, d int, e int);
CREATE INDEX "Wide" ON "T" (a, b, c, d, e) WHERE a > 0;
