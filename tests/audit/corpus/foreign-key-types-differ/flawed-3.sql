-- finds: GNK-S012 public.dogs.dogs_owner_fkey: Column dogs.owner is character, but refers to users.code, which is text.
-- To a column that is no primary key.
CREATE TABLE users (id int PRIMARY KEY, code text UNIQUE);
CREATE TABLE dogs (id int PRIMARY KEY, owner char(5) REFERENCES users (code));
