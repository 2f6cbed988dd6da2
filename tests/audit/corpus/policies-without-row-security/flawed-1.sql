-- finds: GNK-A002 public.accounts: Table accounts has a policy that does nothing: its row security is off.
-- Never enabled.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
CREATE POLICY own ON accounts USING (owner = current_user);
