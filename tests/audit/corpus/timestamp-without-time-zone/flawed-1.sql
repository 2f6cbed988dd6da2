-- finds: GNK-S005 public.users: Table users stores time without a zone in seen.
-- One column.
CREATE TABLE users (id int PRIMARY KEY, seen timestamp);
