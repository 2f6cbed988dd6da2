-- finds: GNK-A022 public.notes: Table notes has several permissive policies for one command: everything, own.
-- One for ALL, and one for a role that is among PUBLIC.
CREATE ROLE corpus_app;
CREATE TABLE notes (id int PRIMARY KEY, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON notes USING (owner = current_user);
CREATE POLICY own ON notes FOR DELETE TO corpus_app USING (id > 0);
