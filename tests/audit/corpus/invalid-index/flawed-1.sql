-- finds: GNK-S007 public.users.users_name: Index users.users_name is invalid: its build was not finished.
-- A build that was not finished.
CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE INDEX users_name ON users (name);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_name'::regclass;
