-- finds: GNK-A010 shop.changed(): Function shop.changed() runs as corpus_owner and looks tables up in pg_temp first, where everybody may create.
-- pg_temp is not named, so it comes first; in a trigger.
CREATE ROLE corpus_owner;
CREATE SCHEMA shop;
CREATE FUNCTION shop.changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = shop AS 'BEGIN RETURN NEW; END';
ALTER FUNCTION shop.changed OWNER TO corpus_owner;
