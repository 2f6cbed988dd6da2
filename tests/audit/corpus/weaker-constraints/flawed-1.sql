-- finds: GNK-T102 public.users.users_name_key: The target has no UNIQUE (name) on users; the database has.
-- A rule that the target lacks.
CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE);
