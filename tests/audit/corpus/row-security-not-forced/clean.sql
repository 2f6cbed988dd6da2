-- Forced; owned by a role that nobody logs in as; owned by one that is never bound.
CREATE ROLE corpus_app LOGIN;
CREATE ROLE corpus_owner;
CREATE ROLE corpus_service LOGIN BYPASSRLS;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user);
ALTER TABLE accounts OWNER TO corpus_app;
CREATE TABLE notes (id int PRIMARY KEY);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY late ON notes USING (id > 10);
ALTER TABLE notes OWNER TO corpus_owner;
CREATE TABLE services (id int PRIMARY KEY);
ALTER TABLE services ENABLE ROW LEVEL SECURITY;
CREATE POLICY late ON services USING (id > 10);
ALTER TABLE services OWNER TO corpus_service;
