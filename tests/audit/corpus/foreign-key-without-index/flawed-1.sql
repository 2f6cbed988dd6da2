-- finds: GNK-S002 public.dogs.dogs_owner_fkey: Foreign key dogs (owner) to users has no index.
-- No index.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users);
