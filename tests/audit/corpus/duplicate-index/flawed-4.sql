-- finds: GNK-S003 public.users.a_plain: Index a_plain on users (name) does what z_unique does already.
-- The one that refuses duplicates stays, whatever the names.
CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE INDEX a_plain ON users (name);
CREATE UNIQUE INDEX z_unique ON users (name);
