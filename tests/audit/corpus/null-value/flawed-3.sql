-- finds: GNK-D002 public.dogs.name: One row has no dogs.name, which the target requires.
-- finds: GNK-D002 public.users.born_on: 2 rows have no users.born_on, which the target requires.
-- A renamed column, and two tables.
CREATE TABLE users (id int PRIMARY KEY, "bornOn" date);
CREATE TABLE dogs (id int PRIMARY KEY, name text);
INSERT INTO users VALUES (1, NULL), (2, NULL), (3, '2000-01-01');
INSERT INTO dogs VALUES (1, NULL);
