CREATE ROLE corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user);
CREATE TABLE notes (id int PRIMARY KEY, note text);
GRANT SELECT, INSERT ON accounts, notes TO corpus_app;
