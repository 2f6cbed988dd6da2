-- finds: GNK-A009 -: What role corpus_owner creates of tables is open to everybody: SELECT.
-- In every schema.
CREATE ROLE corpus_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_owner GRANT SELECT ON TABLES TO PUBLIC;
