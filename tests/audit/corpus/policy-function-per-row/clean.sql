-- Asked once a statement; with something of the row; what costs nothing.
CREATE FUNCTION allowed(n int) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
CREATE TABLE notes (id int PRIMARY KEY, owner text, day timestamptz);
CREATE POLICY a ON notes FOR SELECT USING (owner = (SELECT current_setting('app.user', true)));
CREATE POLICY b ON notes FOR UPDATE USING (allowed(id));
CREATE POLICY c ON notes FOR DELETE USING (owner = current_user AND day > now());
