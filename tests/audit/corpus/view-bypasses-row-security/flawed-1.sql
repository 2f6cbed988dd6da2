-- finds: GNK-A012 public.names: View names shows others all rows of public.accounts, whatever the policies there say.
CREATE ROLE corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user);
CREATE VIEW names AS SELECT owner FROM accounts;
GRANT SELECT ON names TO corpus_app;
