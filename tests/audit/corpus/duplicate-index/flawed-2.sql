-- finds: GNK-S003 public.users.users_name: Index users_name on users (name) does what the unique (name) does already.
-- Beside a unique constraint.
CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE);
CREATE INDEX users_name ON users (name);
