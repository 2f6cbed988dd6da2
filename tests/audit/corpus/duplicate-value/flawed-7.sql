-- finds: GNK-D005 public.users.users_login: 2 rows of users share their (lower((login)::text)) with others, which the target forbids.
-- finds: GNK-D005 public.users.users_name: 2 rows of users share their (name) with others, which the target forbids.
-- finds: GNK-D005 public.users.users_nick: 2 rows of users share their (nick COLLATE "C") with others, which the target forbids.
-- Unique indexes by operator classes that are there for LIKE, and by a collation.
CREATE TABLE users (id int PRIMARY KEY, name text, login varchar, nick text);
INSERT INTO users VALUES (1, 'Ada', 'ada', 'a'), (2, 'Ada', 'ADA', 'a'), (3, 'Ben', 'ben', 'b');
