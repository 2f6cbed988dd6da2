-- finds: GNK-D005 public.users.users_name_key: 2 rows of users share their (name) with others, which the target forbids.
-- Duplicates of NULL.
-- needs: PostgreSQL 15
CREATE TABLE users (id int PRIMARY KEY, name varchar, age int, boss int);
INSERT INTO users VALUES (1, 'Ada'), (3, NULL), (4, NULL);
