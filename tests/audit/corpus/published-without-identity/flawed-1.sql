-- finds: GNK-S053 public.logs: Table logs is published by everything and has no replica identity: UPDATE and DELETE of it fail.
-- database: own
CREATE TABLE logs (line text);
CREATE TABLE users (id int PRIMARY KEY);
CREATE UNLOGGED TABLE cache (line text);
CREATE PUBLICATION everything FOR ALL TABLES;
