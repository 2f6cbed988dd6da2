-- finds: GNK-A025 shop.Add(integer, text): Function shop.Add(integer, text) runs with the rights of corpus_owner, and everybody may call it.
-- A procedure with a name that needs quotes, granted to PUBLIC on purpose.
CREATE ROLE corpus_owner;
CREATE SCHEMA shop;
CREATE PROCEDURE shop."Add"(a int, b text) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
ALTER PROCEDURE shop."Add" OWNER TO corpus_owner;
REVOKE ALL ON PROCEDURE shop."Add" FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE shop."Add" TO PUBLIC;
