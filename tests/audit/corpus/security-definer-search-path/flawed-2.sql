-- finds: GNK-A010 public.Credit(): Function Credit() runs as corpus_owner and looks names up in open_to_all, where everybody may create.
-- The path is fixed, and holds a schema that anybody may fill.
CREATE ROLE corpus_owner;
CREATE SCHEMA open_to_all;
GRANT ALL ON SCHEMA open_to_all TO PUBLIC;
CREATE PROCEDURE "Credit"() LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, open_to_all, pg_temp AS 'BEGIN END';
ALTER PROCEDURE "Credit" OWNER TO corpus_owner;
