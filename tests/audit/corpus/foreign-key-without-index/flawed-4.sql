-- finds: GNK-S002 public.dogs.dogs_x_y_fkey: Foreign key dogs (x, y) to users has no index.
-- Half of a key.
CREATE TABLE users (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE dogs (
    id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES users
);
CREATE INDEX ON dogs (x);
