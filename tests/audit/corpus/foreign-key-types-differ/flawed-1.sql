-- finds: GNK-S012 public.dogs.dogs_owner_fkey: Column dogs.owner is integer, but refers to users.id, which is bigint.
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users);
