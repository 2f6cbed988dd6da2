-- finds: GNK-A016 shop
-- A partition of its own owner.
CREATE ROLE corpus_owner;
CREATE ROLE corpus_ada;
CREATE SCHEMA shop;
CREATE TABLE shop.users (id int PRIMARY KEY);
CREATE TABLE shop.days (day date PRIMARY KEY) PARTITION BY RANGE (day);
CREATE TABLE shop.days_1 PARTITION OF shop.days DEFAULT;
ALTER TABLE shop.users OWNER TO corpus_owner;
ALTER TABLE shop.days OWNER TO corpus_owner;
ALTER TABLE shop.days_1 OWNER TO corpus_ada;
