-- finds: GNK-A001 public.notes
-- The owner, whom row security binds where it is forced.
CREATE ROLE corpus_app;
GRANT CREATE, USAGE ON SCHEMA public TO corpus_app;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE accounts OWNER TO corpus_app;
CREATE TABLE notes (id int PRIMARY KEY, note text);
GRANT UPDATE, SELECT ON notes TO corpus_app;
