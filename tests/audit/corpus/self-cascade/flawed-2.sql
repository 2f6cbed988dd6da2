-- finds: GNK-S016 public.people.people_x_y_fkey: Deleting a row of people deletes all that refer to it by (x, y), and all that refer to those.
-- By a key of two columns.
CREATE TABLE people (
    a int, b int, x int, y int, PRIMARY KEY (a, b),
    FOREIGN KEY (x, y) REFERENCES people ON DELETE CASCADE
);
