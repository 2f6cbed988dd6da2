CREATE ROLE corpus_owner;
CREATE SCHEMA open_to_all;
GRANT CREATE ON SCHEMA open_to_all TO PUBLIC;
CREATE FUNCTION credit(amount int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION credit OWNER TO corpus_owner;
CREATE FUNCTION debit() RETURNS int LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, open_to_all, pg_temp AS 'SELECT 1';
ALTER FUNCTION debit OWNER TO corpus_owner;
CREATE PROCEDURE last() LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
AS 'BEGIN END';
ALTER PROCEDURE last OWNER TO corpus_owner;
