-- finds: GNK-A003 public.notes
-- The policy went with its last user.
CREATE ROLE corpus_app;
CREATE TABLE notes (id int PRIMARY KEY, note text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY late ON notes TO corpus_app USING (id > 10);
GRANT ALL ON notes TO corpus_app;
DROP POLICY late ON notes;
