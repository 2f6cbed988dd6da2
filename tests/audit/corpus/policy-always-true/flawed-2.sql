-- finds: GNK-A005 public.accounts.add: Policy accounts.add lets everybody change every row.
-- finds: GNK-A005 public.accounts.remove: Policy accounts.remove lets everybody change every row.
-- New rows, and removing them.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY add ON accounts FOR INSERT WITH CHECK (true);
CREATE POLICY remove ON accounts FOR DELETE USING (true);
