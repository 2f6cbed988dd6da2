-- Both said; policies that know no USING or no WITH CHECK; a restrictive one; one for everything.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts
USING (owner = current_user) WITH CHECK (owner = current_user);
CREATE POLICY add ON accounts FOR INSERT WITH CHECK (owner = current_user);
CREATE POLICY remove ON accounts FOR DELETE USING (owner = current_user);
CREATE POLICY narrow ON accounts AS RESTRICTIVE FOR UPDATE USING (id > 0);
CREATE POLICY everything ON accounts FOR UPDATE USING (true);
