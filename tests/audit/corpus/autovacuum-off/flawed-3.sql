-- finds: GNK-P006 shop.days_1
-- finds: GNK-P006 public.logs
-- A partition, and a table that has other options too.
CREATE SCHEMA shop;
CREATE TABLE shop.days (day date PRIMARY KEY) PARTITION BY RANGE (day);
CREATE TABLE shop.days_1 PARTITION OF shop.days DEFAULT WITH (autovacuum_enabled = 0);
CREATE TABLE logs (id int PRIMARY KEY) WITH (fillfactor = 70, autovacuum_enabled = no);
