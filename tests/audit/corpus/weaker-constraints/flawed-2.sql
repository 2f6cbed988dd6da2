-- finds: GNK-T102 public.dogs.dogs_owner_fkey: The target has no FOREIGN KEY (owner) REFERENCES public.users(id) on dogs; the database has.
-- A foreign key that the target forgets.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users);
