-- finds: GNK-S043 other.dogs.dogs_owner_fkey: Foreign key other.dogs.dogs_owner_fkey is not enforced: its triggers are disabled.
-- On both sides, in another schema.
CREATE SCHEMA other;
CREATE TABLE other.users (id int PRIMARY KEY);
CREATE TABLE other.dogs (id int PRIMARY KEY, owner int REFERENCES other.users);
ALTER TABLE other.users DISABLE TRIGGER ALL;
ALTER TABLE other.dogs DISABLE TRIGGER ALL;
