-- finds: GNK-TA001 public.notes: Target: Table notes has no row security, unlike others of its schema, and is open to roles that those restrict.
-- The target adds a table and forgets its row security.
CREATE ROLE corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user);
GRANT SELECT, INSERT ON accounts TO corpus_app;
