-- finds: GNK-S013 public.dogs.dogs_owner_fkey1: Foreign key dogs_owner_fkey1 of dogs (owner) repeats dogs_owner_fkey.
-- The very same.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int);
ALTER TABLE dogs ADD FOREIGN KEY (owner) REFERENCES users;
ALTER TABLE dogs ADD FOREIGN KEY (owner) REFERENCES users;
