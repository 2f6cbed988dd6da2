-- finds: GNK-S014 public.dogs.dogs_kennel_fkey: Foreign key dogs (kennel) says ON DELETE SET NULL, but kennel must not be NULL.
-- finds: GNK-S014 public.dogs.dogs_owner_fkey: Foreign key dogs (owner) says ON DELETE SET NULL, but owner must not be NULL.
-- A domain and a CHECK refuse NULL as well.
CREATE DOMAIN number AS int NOT NULL;
CREATE DOMAIN kennel_number AS number;
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (
    id int PRIMARY KEY,
    owner int REFERENCES users ON DELETE SET NULL CHECK (owner IS NOT NULL),
    kennel kennel_number REFERENCES users ON DELETE SET NULL,
    keeper int REFERENCES users ON DELETE SET NULL,
    CHECK (keeper IS NOT NULL OR owner IS NOT NULL)
);
