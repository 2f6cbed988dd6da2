-- finds: GNK-S013 public.things.yx: Foreign key yx of things (y, x) repeats xy.
-- In another order.
CREATE TABLE places (a int, b int, PRIMARY KEY (a, b), UNIQUE (b, a));
CREATE TABLE things (
    id int PRIMARY KEY, x int, y int,
    CONSTRAINT xy FOREIGN KEY (x, y) REFERENCES places (a, b),
    CONSTRAINT yx FOREIGN KEY (y, x) REFERENCES places (b, a)
);
