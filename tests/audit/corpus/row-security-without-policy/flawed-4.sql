-- finds: GNK-TA003 public.accounts: Target: Table accounts has row security and no policy: to all but its owner it is empty.
-- The target switches it on and creates no policy.
CREATE ROLE corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
GRANT SELECT ON accounts TO corpus_app;
