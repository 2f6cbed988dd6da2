-- finds: GNK-S005 public.users: Table users stores time without a zone in seen, all_seen.
-- With a precision, and an array.
CREATE TABLE users (id int PRIMARY KEY, seen timestamp(3), all_seen timestamp[]);
