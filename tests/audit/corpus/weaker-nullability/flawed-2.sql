-- finds: GNK-T101 public.users: The target lets active of users be NULL; the database does not.
-- A default is no refusal.
CREATE TABLE users (id int PRIMARY KEY, active bool NOT NULL DEFAULT true);
