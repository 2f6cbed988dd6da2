-- finds: GNK-A012 public.joined: View joined shows others all rows of public.accounts, public.notes, whatever the policies there say.
-- Forced, but the view runs as a superuser; a barrier is no help.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE TABLE notes (id int PRIMARY KEY);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE TABLE others (id int PRIMARY KEY);
CREATE VIEW joined WITH (security_barrier) AS
SELECT id FROM accounts JOIN notes USING (id) JOIN others USING (id);
GRANT SELECT ON joined TO PUBLIC;
