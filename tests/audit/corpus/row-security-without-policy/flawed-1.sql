-- finds: GNK-A003 public.accounts: Table accounts has row security and no policy: to all but its owner it is empty.
CREATE ROLE corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON accounts TO corpus_app;
