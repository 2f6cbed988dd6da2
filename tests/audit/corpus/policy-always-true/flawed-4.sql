-- finds: GNK-A005 public.accounts.everything: Policy accounts.everything lets everybody change every row.
-- finds: GNK-A005 public.notes.everything: Policy notes.everything lets everybody change every row.
-- True in other words; and a restrictive one that holds nothing back.
CREATE TABLE accounts (id int PRIMARY KEY);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON accounts USING (1 = 1) WITH CHECK ('a' = 'a');
CREATE TABLE notes (id int PRIMARY KEY);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON notes USING (true);
CREATE POLICY nothing ON notes AS RESTRICTIVE USING (1 = 1);
