-- finds: GNK-A023 public.notes.own: Policy notes.own calls auth.uid() for every row.
-- A function of the project's, in another schema.
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
CREATE TABLE notes (id int PRIMARY KEY, owner int);
CREATE POLICY own ON notes FOR SELECT USING (auth.uid() = owner);
