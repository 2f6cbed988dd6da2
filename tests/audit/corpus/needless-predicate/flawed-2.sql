-- finds: GNK-S047 public.users.users_name_idx: Index users_name_idx on users leaves out NULL, which its columns do not have.
-- Of another column: a primary key is NOT NULL too; unique.
CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE UNIQUE INDEX ON users (name) WHERE id IS NOT NULL;
