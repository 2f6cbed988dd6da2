-- finds: GNK-S043 public.dogs.dogs_owner_fkey: Foreign key dogs.dogs_owner_fkey is not enforced: its triggers are disabled.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users);
ALTER TABLE dogs DISABLE TRIGGER ALL;
