-- A trigger of the user's own is another matter.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users DEFERRABLE);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON dogs FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE dogs DISABLE TRIGGER touched;
