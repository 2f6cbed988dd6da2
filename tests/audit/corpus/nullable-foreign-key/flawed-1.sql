-- finds: GNK-S049 public.dogs.dogs_owner_house_fkey: Foreign key dogs (owner, house) is not checked where house is NULL.
-- One of two.
CREATE TABLE users (id int, house int, PRIMARY KEY (id, house));
CREATE TABLE dogs (id int PRIMARY KEY, owner int NOT NULL, house int, FOREIGN KEY (owner, house) REFERENCES users);
