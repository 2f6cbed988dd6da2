-- finds: GNK-A011 shop: One function of schema shop looks names up in the caller's search_path.
-- In an index.
CREATE SCHEMA shop;
CREATE FUNCTION shop.plain(name text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower(name)';
CREATE TABLE shop.product (id int PRIMARY KEY, name text);
CREATE INDEX product_plain ON shop.product (shop.plain(name));
