-- finds: GNK-S008 public.users.users_active: Index users_active on users (active) has boolean columns alone.
-- Another method is no better.
CREATE TABLE users (id int PRIMARY KEY, active bool, name text);
CREATE INDEX users_active ON users USING hash (active);
CREATE INDEX users_name ON users (name);
