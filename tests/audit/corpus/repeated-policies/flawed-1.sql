-- finds: GNK-A022 public.notes: Table notes has several permissive policies for one command: own, shared.
-- Two for one command.
CREATE TABLE notes (id int PRIMARY KEY, owner text, shared boolean);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR SELECT USING (owner = current_user);
CREATE POLICY shared ON notes FOR SELECT USING (shared);
