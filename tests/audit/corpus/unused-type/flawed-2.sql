-- finds: GNK-S051 shop: Nothing uses 2 types of schema shop.
CREATE SCHEMA shop;
CREATE DOMAIN shop.price AS numeric CHECK (VALUE > 0);
CREATE TYPE shop.span AS RANGE (subtype = numeric);
CREATE TABLE shop.items (id int PRIMARY KEY, price numeric);
