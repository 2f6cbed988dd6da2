-- finds: GNK-S043 public.dogs.dogs_keeper_fkey: Foreign key dogs.dogs_keeper_fkey is not enforced: its triggers are disabled.
-- finds: GNK-S043 public.dogs.dogs_owner_fkey: Foreign key dogs.dogs_owner_fkey is not enforced: its triggers are disabled.
-- On the side that is referred to.
CREATE TABLE "User" (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES "User", keeper int REFERENCES "User");
ALTER TABLE "User" DISABLE TRIGGER ALL;
