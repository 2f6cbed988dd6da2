-- finds: GNK-D012 public.visits.place_city: 2 values of visits.place_city differ from places.city, which the target keeps alone.
-- By a key of two columns, in a table without a key.
CREATE TABLE places (a int, b int, city text, PRIMARY KEY (a, b));
CREATE TABLE visits (x int, y int, place_city text, FOREIGN KEY (x, y) REFERENCES places);
INSERT INTO places VALUES (1, 2, 'Berlin');
INSERT INTO visits VALUES (1, 2, 'Bern'), (1, 2, 'Basel');
