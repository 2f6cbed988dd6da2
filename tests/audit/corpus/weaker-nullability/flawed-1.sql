-- finds: GNK-T101 public.users: The target lets name, born_on of users be NULL; the database does not.
-- Columns that may be NULL in the target.
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, "bornOn" date NOT NULL);
