-- finds: GNK-A002 public.accounts: Table accounts has 2 policies that do nothing: its row security is off.
-- Switched off for a repair and never on again; forcing alone does nothing.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
CREATE POLICY own ON accounts USING (owner = current_user);
CREATE POLICY more ON accounts FOR SELECT USING (true);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE accounts DISABLE ROW LEVEL SECURITY;
