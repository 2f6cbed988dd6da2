-- finds: GNK-D004 public.things.things_x_y_fkey: One row of things (x, y) refers to no row of places.
-- A key of two columns.
CREATE TABLE places (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE things (id int PRIMARY KEY, x int, y int);
INSERT INTO places VALUES (1, 1);
INSERT INTO things VALUES (1, 1, 1), (2, 1, 2), (3, 7, NULL);
