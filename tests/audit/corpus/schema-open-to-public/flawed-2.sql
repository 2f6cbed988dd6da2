-- finds: GNK-A008 shop: Everybody who can connect may create objects in schema shop.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA shop;
GRANT CREATE, USAGE ON SCHEMA shop TO PUBLIC;
