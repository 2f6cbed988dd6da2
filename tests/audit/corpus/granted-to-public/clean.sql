-- Granted to somebody in particular, and revoked from everybody.
CREATE ROLE corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
GRANT SELECT, INSERT ON accounts TO corpus_app;
GRANT ALL ON accounts TO PUBLIC;
REVOKE ALL ON accounts FROM PUBLIC;
CREATE SEQUENCE tickets;
