CREATE ROLE corpus_service;
CREATE ROLE corpus_app;
CREATE ROLE corpus_report;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON accounts TO corpus_service, corpus_app;
CREATE TABLE notes (id int PRIMARY KEY, note text);
GRANT SELECT ON notes TO corpus_service, corpus_report;
GRANT TRUNCATE ON notes TO corpus_app;
