-- finds: GNK-TA012 public.names: Target: View names shows others all rows of public.accounts, whatever the policies there say.
-- finds: GNK-TA012 public.sums: Target: View sums shows others all rows of public.accounts, whatever the policies there say.
-- The target opens what the database keeps closed.
CREATE ROLE corpus_app;
CREATE ROLE corpus_owner;
CREATE ROLE corpus_member IN ROLE corpus_owner;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE VIEW names AS SELECT owner FROM accounts;
