-- Each schema has its owner.
CREATE ROLE corpus_owner;
CREATE ROLE corpus_ada;
CREATE SCHEMA shop;
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE shop.dogs (id int PRIMARY KEY);
CREATE TABLE shop.cats (id int PRIMARY KEY);
ALTER TABLE users OWNER TO corpus_owner;
ALTER TABLE shop.dogs OWNER TO corpus_ada;
ALTER TABLE shop.cats OWNER TO corpus_ada;
