-- With a policy; and one that nobody but the owner, and a role that is never bound, can reach.
CREATE ROLE corpus_app;
CREATE ROLE corpus_service BYPASSRLS;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user);
GRANT SELECT ON accounts TO corpus_app;
CREATE TABLE locked (id int PRIMARY KEY);
ALTER TABLE locked ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON locked TO corpus_service;
