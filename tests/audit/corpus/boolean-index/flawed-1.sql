-- finds: GNK-S008 public.users.users_active: Index users_active on users (active) has boolean columns alone.
CREATE TABLE users (id int PRIMARY KEY, active bool);
CREATE INDEX users_active ON users (active);
