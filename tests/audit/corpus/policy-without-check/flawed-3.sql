-- finds: GNK-A006 public.accounts.Own: Policy accounts.Own lets a row that one may change become any other row.
-- finds: GNK-A006 public.notes.own: Policy notes.own says nothing of new rows, so that its USING expression counts for them too.
CREATE ROLE corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Own" ON accounts TO corpus_app USING (owner = current_user) WITH CHECK (true);
CREATE TABLE notes (id int PRIMARY KEY, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR UPDATE TO corpus_app USING (owner = current_user);
