-- finds: GNK-S045 public.users.users_age_check1: Constraint users.users_age_check1 says the same as users_age_check.
-- Under a generated name.
CREATE TABLE users (id int PRIMARY KEY, age int CHECK (age > 17));
ALTER TABLE users ADD CHECK (age > 17);
