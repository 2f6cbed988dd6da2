-- finds: GNK-S028 public: One name of a column has different types in different tables of public.
-- Schemas are apart.
CREATE SCHEMA other;
CREATE TABLE users (id int PRIMARY KEY, "theSize" int, x int);
CREATE TABLE dogs (id int PRIMARY KEY, "theSize" bigint);
CREATE TABLE other.dogs (id int PRIMARY KEY, x text);
