-- finds: GNK-S017 public.dogs.user_id: Column dogs.user_id looks like a foreign key to users, but is none.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, user_id int);
