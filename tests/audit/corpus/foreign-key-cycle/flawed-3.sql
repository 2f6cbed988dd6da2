-- finds: GNK-S015 public.X: Tables X, Y refer to each other in a circle, and no first row can get in by itself.
-- finds: GNK-S015 public.a: Tables a, b, c refer to each other in a circle.
-- Three tables and another circle beside them.
CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, c int NOT NULL);
CREATE TABLE c (id int PRIMARY KEY, a int NOT NULL REFERENCES a DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c;
CREATE TABLE "X" (id int PRIMARY KEY, y int NOT NULL, a int REFERENCES a);
CREATE TABLE "Y" (id int PRIMARY KEY, x int NOT NULL REFERENCES "X");
ALTER TABLE "X" ADD FOREIGN KEY (y) REFERENCES "Y";
