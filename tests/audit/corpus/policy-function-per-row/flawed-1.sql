-- finds: GNK-A023 public.notes.own: Policy notes.own calls current_setting() for every row.
-- A setting, in USING and WITH CHECK.
CREATE TABLE notes (id int PRIMARY KEY, owner text);
CREATE POLICY own ON notes
USING (owner = current_setting('app.user', true)) WITH CHECK (owner = current_setting('app.user'));
