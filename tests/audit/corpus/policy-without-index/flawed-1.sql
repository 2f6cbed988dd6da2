-- finds: GNK-A024 public.notes.own: Policy notes.own looks for rows by owner, which no index begins with.
-- The user's own rows.
CREATE TABLE notes (id int PRIMARY KEY, owner text);
CREATE POLICY own ON notes USING (owner = current_user);
