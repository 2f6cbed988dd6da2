-- needs: PostgreSQL 15
-- finds: GNK-S053 shop.lines: Table shop.lines is published by shop and has no replica identity: UPDATE and DELETE of it fail.
-- With its schema.
CREATE SCHEMA shop;
CREATE TABLE shop.lines (line text);
CREATE TABLE logs (line text);
CREATE PUBLICATION shop FOR TABLES IN SCHEMA shop;
