-- finds: GNK-A006 public.accounts.own: Policy accounts.own lets a row that one may change become any other row.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts FOR UPDATE USING (owner = current_user) WITH CHECK (true);
