-- finds: GNK-D004 public.users.users_boss_fkey: One row of users (boss) refers to no row of users.
-- Orphans.
CREATE TABLE users (id int PRIMARY KEY, name varchar, age int, boss int);
INSERT INTO users VALUES (1, 'Ada', 30, NULL), (2, 'Bernadette', 5, 1), (3, NULL, 0, 9);
