-- finds: GNK-S033 public.users: Table users has a single column.
CREATE TABLE users (id int PRIMARY KEY);
