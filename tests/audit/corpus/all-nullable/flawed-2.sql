-- finds: GNK-S034 public.users: All 3 columns of users may be NULL, its key apart.
-- A default is no promise.
CREATE TABLE users (id int PRIMARY KEY, name text DEFAULT '', active bool DEFAULT true, mail text UNIQUE);
