-- finds: GNK-S002 public.dogs.dogs_owner_fkey: Foreign key dogs (owner) to users has no index.
-- A partial index serves some rows only.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users, alive bool);
CREATE INDEX ON dogs (owner) WHERE alive;
