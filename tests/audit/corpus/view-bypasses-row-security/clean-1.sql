-- Bound by the policies; read by nobody else; on a table without row security.
CREATE ROLE corpus_app;
CREATE ROLE corpus_owner;
GRANT CREATE ON SCHEMA public TO corpus_owner;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE VIEW bound AS SELECT owner FROM accounts;
ALTER VIEW bound OWNER TO corpus_owner;
GRANT SELECT ON bound TO corpus_app;
CREATE VIEW own AS SELECT owner FROM accounts;
CREATE TABLE notes (id int PRIMARY KEY);
CREATE VIEW free AS SELECT id FROM notes;
GRANT SELECT ON free TO corpus_app;
