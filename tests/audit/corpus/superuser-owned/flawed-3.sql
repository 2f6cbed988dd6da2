-- finds: GNK-A015 public
-- finds: GNK-A015 public
-- finds: GNK-A015 shop
-- Two superusers, two schemas.
CREATE ROLE corpus_chief SUPERUSER;
CREATE SCHEMA shop;
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY);
CREATE TABLE shop.product (id int PRIMARY KEY);
ALTER TABLE dogs OWNER TO corpus_chief;
