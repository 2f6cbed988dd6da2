-- finds: GNK-D002 public.users.name: One row has no users.name, which the target requires.
-- NULL.
CREATE TABLE users (id int PRIMARY KEY, name varchar, age int, boss int);
INSERT INTO users VALUES (1, 'Ada', 30, NULL), (2, 'Bernadette', 5, 1), (3, NULL, 0, 9);
