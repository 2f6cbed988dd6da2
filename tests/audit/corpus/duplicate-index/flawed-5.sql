-- finds: GNK-S003 public.users.again: Constraint again of users UNIQUE (id) does what the primary key (id) does already.
-- finds: GNK-S003 public.users.two: Constraint two of users UNIQUE (name) does what the unique (name) does already.
-- Two constraints that say the same, and one that repeats the primary key.
CREATE TABLE users (id int PRIMARY KEY, name text CONSTRAINT one UNIQUE);
ALTER TABLE users ADD CONSTRAINT two UNIQUE (name);
ALTER TABLE users ADD CONSTRAINT again UNIQUE (id);
