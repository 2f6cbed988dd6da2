-- finds: GNK-A009 public: What role corpus_owner creates of tables in schema public is open to everybody: DELETE, INSERT, SELECT, UPDATE.
CREATE ROLE corpus_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_owner IN SCHEMA public
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO PUBLIC;
