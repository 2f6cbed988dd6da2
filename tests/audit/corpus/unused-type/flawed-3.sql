-- finds: GNK-S051 public: Nothing of schema public uses its type address.
-- The column that used it is gone.
CREATE ROLE corpus_app;
CREATE TYPE address AS (street text, town text);
GRANT USAGE ON TYPE address TO corpus_app;
CREATE TABLE people (id int PRIMARY KEY, home address);
ALTER TABLE people DROP COLUMN home;
