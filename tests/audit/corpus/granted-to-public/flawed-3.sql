-- finds: GNK-A007 public.tickets: Everybody who can connect may use sequence tickets.
-- finds: GNK-A007 public.accounts: Everybody who can connect may truncate table accounts.
-- Row security does not hold TRUNCATE back.
CREATE SEQUENCE tickets;
GRANT USAGE ON SEQUENCE tickets TO PUBLIC;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user) WITH CHECK (owner = current_user);
GRANT TRUNCATE ON accounts TO PUBLIC;
