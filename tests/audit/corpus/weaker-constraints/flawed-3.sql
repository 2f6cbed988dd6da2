-- finds: GNK-T102 public.users.users_name_check: The target has no CHECK ((name <> ''::text)) on users; the database has.
-- A check that the target forgets, beside one that it replaces.
CREATE TABLE users (id int PRIMARY KEY, age int CHECK (age > 0), name text CHECK (name <> ''));
