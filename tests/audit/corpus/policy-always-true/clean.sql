-- Reading is for all; an administrator may do everything; one that a restrictive policy narrows;
-- one that does nothing because row security is off, which is another check's.
CREATE ROLE corpus_admin;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_all ON accounts FOR SELECT USING (true);
CREATE POLICY administrator ON accounts TO corpus_admin USING (true);
CREATE POLICY own ON accounts FOR UPDATE USING (owner = current_user);
CREATE TABLE tenants (id int PRIMARY KEY, tenant text);
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON tenants USING (true);
CREATE POLICY own ON tenants AS RESTRICTIVE USING (tenant = current_user);
CREATE TABLE off (id int PRIMARY KEY);
CREATE POLICY everything ON off USING (true);
