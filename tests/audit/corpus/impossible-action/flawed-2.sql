-- finds: GNK-S014 public.dogs.dogs_owner_fkey: Foreign key dogs (owner) says ON UPDATE SET DEFAULT, but owner must not be NULL and has no default.
-- No default to be set.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int NOT NULL REFERENCES users ON UPDATE SET DEFAULT);
