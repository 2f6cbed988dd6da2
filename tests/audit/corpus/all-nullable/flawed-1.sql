-- finds: GNK-S034 public.users: All 3 columns of users may be NULL, its key apart.
CREATE TABLE users (id int PRIMARY KEY, name text, born date, mail text);
