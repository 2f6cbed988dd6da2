-- finds: GNK-S047 public.users.users_name_idx: Index users_name_idx on users leaves out NULL, which its columns do not have.
-- Of the indexed column.
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
CREATE INDEX ON users (name) WHERE name IS NOT NULL;
