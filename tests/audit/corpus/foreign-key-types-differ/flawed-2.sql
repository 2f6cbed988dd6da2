-- finds: GNK-S012 public.things.things_x_y_fkey: Column things.y is bigint, but refers to places.b, which is numeric.
-- One of two columns.
CREATE TABLE places (a int, b numeric(9), PRIMARY KEY (a, b));
CREATE TABLE things (id int PRIMARY KEY, x int, y bigint, FOREIGN KEY (x, y) REFERENCES places);
