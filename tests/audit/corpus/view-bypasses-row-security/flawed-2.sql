-- finds: GNK-A012 public.All Names: View All Names shows others all rows of public.accounts, whatever the policies there say.
-- The owner of both is no superuser; the view is materialized.
CREATE ROLE corpus_app;
CREATE ROLE corpus_owner;
GRANT CREATE ON SCHEMA public TO corpus_owner;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE MATERIALIZED VIEW "All Names" AS SELECT owner FROM accounts;
GRANT SELECT ON "All Names" TO corpus_app;
ALTER TABLE accounts OWNER TO corpus_owner;
ALTER MATERIALIZED VIEW "All Names" OWNER TO corpus_owner;
