-- finds: GNK-A006 public.accounts.own: Policy accounts.own says nothing of new rows, so that its USING expression counts for them too.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user);
