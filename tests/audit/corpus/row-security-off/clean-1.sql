-- No row security anywhere is another design.
CREATE ROLE corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
CREATE TABLE notes (id int PRIMARY KEY, note text);
GRANT SELECT, INSERT ON accounts, notes TO corpus_app;
