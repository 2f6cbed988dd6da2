-- finds: GNK-S006 public.User.Old enough: Constraint User.Old enough has never been validated.
-- Of a quoted name.
CREATE TABLE "User" (id int PRIMARY KEY, age int);
ALTER TABLE "User" ADD CONSTRAINT "Old enough" CHECK (age > 17) NOT VALID;
