-- finds: GNK-T101 public.dogs: The target lets name of dogs be NULL; the database does not.
-- finds: GNK-T101 public.users: The target lets at of users be NULL; the database does not.
-- The type changes as well.
CREATE TABLE users (id int PRIMARY KEY, at timestamp NOT NULL);
CREATE TABLE dogs (id int PRIMARY KEY, name text NOT NULL, born date NOT NULL);
