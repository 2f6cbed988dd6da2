-- Everybody may look something up, and one role may create.
CREATE ROLE corpus_migrations;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT CREATE ON SCHEMA public TO corpus_migrations;
CREATE SCHEMA shop;
