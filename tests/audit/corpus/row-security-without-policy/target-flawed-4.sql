CREATE ROLE corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
GRANT SELECT ON accounts TO corpus_app;
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
