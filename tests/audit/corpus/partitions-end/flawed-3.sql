-- finds: GNK-O013 shop.Visits: The partitions of shop.Visits ended at 2001-02-01 00:00:00+00, and there is no default one.
-- Partitions of a partition, with names that need quotes.
SET TIME ZONE 'UTC';
CREATE SCHEMA shop;
CREATE TABLE shop.all_visits (id int, "At" timestamp) PARTITION BY LIST (id);
CREATE TABLE shop."Visits" PARTITION OF shop.all_visits FOR VALUES IN (1) PARTITION BY RANGE ("At");
CREATE TABLE shop.v1 PARTITION OF shop."Visits" FOR VALUES FROM (MINVALUE) TO ('2001-02-01');
