-- finds: GNK-S003 public.users.two: Index two on users (name) does what one does already.
-- Twice the same.
CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE INDEX one ON users (name);
CREATE INDEX two ON users (name);
