-- finds: GNK-S039 public.User.One: Trigger One on User is disabled.
-- finds: GNK-S039 public.User.two: Trigger two on User is disabled.
-- All of a table's.
CREATE TABLE "User" (id int PRIMARY KEY);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER "One" BEFORE UPDATE ON "User" FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER two AFTER INSERT ON "User" EXECUTE FUNCTION touch();
ALTER TABLE "User" DISABLE TRIGGER USER;
