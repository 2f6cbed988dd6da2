-- finds: GNK-D001 public.users.name: One value of users.name is longer than the target's 5 characters.
-- Too long.
CREATE TABLE users (id int PRIMARY KEY, name varchar, age int, boss int);
INSERT INTO users VALUES (1, 'Ada', 30, NULL), (2, 'Bernadette', 5, 1), (3, NULL, 0, 9);
