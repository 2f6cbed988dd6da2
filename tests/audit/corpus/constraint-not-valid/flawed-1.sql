-- finds: GNK-S006 public.users.grown: Constraint users.grown has never been validated.
-- A check.
CREATE TABLE users (id int PRIMARY KEY, age int);
ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 17) NOT VALID;
