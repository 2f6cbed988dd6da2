-- finds: GNK-A005 public.accounts.Read All: Policy accounts.Read All lets everybody see every row, which makes own void.
-- Reading for all voids reading one's own.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts FOR SELECT USING (owner = current_user);
CREATE POLICY "Read All" ON accounts FOR SELECT USING (true);
