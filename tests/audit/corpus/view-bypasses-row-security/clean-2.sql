-- needs: PostgreSQL 15
-- It runs as whoever reads it.
CREATE ROLE corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE VIEW names WITH (security_invoker = on) AS SELECT owner FROM accounts;
GRANT SELECT ON names TO corpus_app;
