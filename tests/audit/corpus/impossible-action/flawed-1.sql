-- finds: GNK-S014 public.dogs.dogs_owner_fkey: Foreign key dogs (owner) says ON DELETE SET NULL, but owner must not be NULL.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int NOT NULL REFERENCES users ON DELETE SET NULL);
