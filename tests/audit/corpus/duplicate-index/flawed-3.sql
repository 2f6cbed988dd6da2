-- finds: GNK-S003 public.users.users_id: Index users_id on users ("Id") does what the primary key ("Id") does already.
-- Beside a primary key of a quoted name.
CREATE TABLE users ("Id" int PRIMARY KEY);
CREATE UNIQUE INDEX users_id ON users ("Id");
