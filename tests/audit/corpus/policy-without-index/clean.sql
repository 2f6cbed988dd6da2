-- With an index; by the key; a flag; two columns of the row; no search.
CREATE TABLE notes (id int PRIMARY KEY, owner text, good boolean, a int, b int);
CREATE INDEX ON notes (owner, id);
CREATE POLICY own ON notes FOR SELECT USING (owner = current_user);
CREATE POLICY one ON notes FOR UPDATE USING (id = 1);
CREATE POLICY flag ON notes FOR DELETE USING (good = true);
CREATE POLICY same ON notes AS RESTRICTIVE USING (a = b);
CREATE POLICY later ON notes AS RESTRICTIVE USING (a > 5);
