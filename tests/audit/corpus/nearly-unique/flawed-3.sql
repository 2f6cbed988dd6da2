-- finds: GNK-S052 shop.items.serial_number
-- Half of them have none.
CREATE SCHEMA shop;
CREATE TABLE shop.items (id int PRIMARY KEY, serial_number text);
INSERT INTO shop.items
SELECT n, CASE WHEN n % 2 = 0 THEN 'N' || n END FROM generate_series(1, 3000) AS n;
ANALYZE shop.items;
