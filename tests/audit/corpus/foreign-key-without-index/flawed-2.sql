-- finds: GNK-S002 public.dogs.dogs_owner_fkey: Foreign key dogs (owner) to users has no index.
-- The column is not the first.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (owner int REFERENCES users, name text, PRIMARY KEY (name, owner));
