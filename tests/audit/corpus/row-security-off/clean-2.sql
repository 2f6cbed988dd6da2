-- Open to other roles than those that are restricted, to the owner, and to one that is never bound.
CREATE ROLE corpus_app;
CREATE ROLE corpus_report;
CREATE ROLE corpus_service BYPASSRLS;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE TABLE notes (id int PRIMARY KEY, note text);
GRANT SELECT ON accounts TO corpus_app, corpus_service;
GRANT SELECT ON notes TO corpus_report, corpus_service;
