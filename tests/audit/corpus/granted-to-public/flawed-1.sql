-- finds: GNK-A007 public.accounts: Everybody who can connect may delete, insert, select and update table accounts.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts TO PUBLIC;
