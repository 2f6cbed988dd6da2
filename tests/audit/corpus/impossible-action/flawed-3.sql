-- finds: GNK-S014 public.dogs.dogs_x_y_fkey: Foreign key dogs (x, y) says ON DELETE SET NULL, but x must not be NULL.
-- finds: GNK-S014 public.dogs.dogs_x_y_fkey: Foreign key dogs (x, y) says ON UPDATE SET NULL, but x must not be NULL.
-- A primary key is never NULL; both events.
CREATE TABLE users (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE dogs (
    x int, y int, PRIMARY KEY (x),
    FOREIGN KEY (x, y) REFERENCES users ON DELETE SET NULL ON UPDATE SET NULL
);
