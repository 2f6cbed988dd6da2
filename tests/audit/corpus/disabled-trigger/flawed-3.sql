-- finds: GNK-S039 other.users.kept: Trigger kept on other.users is disabled.
-- A constraint trigger, in another schema.
CREATE SCHEMA other;
CREATE TABLE other.users (id int PRIMARY KEY);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE CONSTRAINT TRIGGER kept AFTER INSERT ON other.users DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE other.users DISABLE TRIGGER kept;
