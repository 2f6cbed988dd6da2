-- finds: GNK-A008 public
-- finds: GNK-A008 shop
-- Two of three.
GRANT ALL ON SCHEMA public TO PUBLIC;
CREATE SCHEMA shop;
GRANT ALL ON SCHEMA shop TO PUBLIC;
CREATE SCHEMA stock;
