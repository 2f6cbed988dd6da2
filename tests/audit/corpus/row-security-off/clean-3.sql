-- The target's new table is open to another role, and to one that is never bound.
CREATE ROLE corpus_service BYPASSRLS;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON accounts TO corpus_service;
