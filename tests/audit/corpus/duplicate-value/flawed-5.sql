-- finds: GNK-D005 public.users.users_name: 2 rows of users share their (name) with others, which the target forbids.
-- A partial unique index.
CREATE TABLE users (id int PRIMARY KEY, name text, active bool);
INSERT INTO users VALUES (1, 'Ada', true), (2, 'Ada', false), (3, 'Ben', true), (4, 'Ben', true);
