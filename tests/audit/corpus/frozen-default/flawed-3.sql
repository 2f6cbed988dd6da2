-- finds: GNK-S054 shop.days.added: The default of column shop.days.added is the moment at which it was declared.
-- Of a partitioned table.
CREATE SCHEMA shop;
CREATE TABLE shop.days (day date, added timestamptz(0) DEFAULT '2024-05-17 10:00:00+00'::timestamptz)
PARTITION BY RANGE (day);
