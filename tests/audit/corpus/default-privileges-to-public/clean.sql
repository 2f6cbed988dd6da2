-- For one role; and functions, which PostgreSQL itself opens to everybody.
CREATE ROLE corpus_owner;
CREATE ROLE corpus_app;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_owner IN SCHEMA public GRANT SELECT ON TABLES TO corpus_app;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_owner GRANT EXECUTE ON FUNCTIONS TO corpus_app;
