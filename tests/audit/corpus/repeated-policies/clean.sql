-- One for each command; one for each role; a restrictive one beside a permissive one.
CREATE ROLE corpus_a;
CREATE ROLE corpus_b;
CREATE TABLE notes (id int PRIMARY KEY);
CREATE POLICY a ON notes FOR SELECT USING (id > 1);
CREATE POLICY b ON notes FOR UPDATE USING (id > 1);
CREATE POLICY c ON notes AS RESTRICTIVE FOR SELECT USING (id > 2);
CREATE TABLE dogs (id int PRIMARY KEY);
CREATE POLICY a ON dogs TO corpus_a USING (id > 1);
CREATE POLICY b ON dogs TO corpus_b USING (id > 2);
