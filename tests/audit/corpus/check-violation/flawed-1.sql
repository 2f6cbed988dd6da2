-- finds: GNK-D003 public.users.users_age_check: 2 rows of users break the target's CHECK ((age > 17)).
-- Forbidden by a check.
CREATE TABLE users (id int PRIMARY KEY, name varchar, age int, boss int);
INSERT INTO users VALUES (1, 'Ada', 30, NULL), (2, 'Bernadette', 5, 1), (3, NULL, 0, 9);
