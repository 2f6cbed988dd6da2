-- finds: GNK-S055 shop.orders.land: 4 of the 5 labels of shop.orders.land are one with another but for case or spaces.
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id int PRIMARY KEY, land text);
INSERT INTO shop.orders
SELECT n, (ARRAY['DE', 'de', 'FR', 'fr', 'ES'])[1 + n % 5] FROM generate_series(1, 500) AS n;
ANALYZE shop.orders;
