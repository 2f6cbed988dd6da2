-- finds: GNK-A005 public.accounts.everything: Policy accounts.everything lets everybody change every row, which makes own void.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts FOR UPDATE USING (owner = current_user);
CREATE POLICY everything ON accounts USING (true);
