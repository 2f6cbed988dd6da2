-- finds: GNK-S050 shop.The Price: Domain shop.The Price is NOT NULL, which lets NULL in.
CREATE SCHEMA shop;
CREATE DOMAIN shop."The Price" AS numeric(8, 2) NOT NULL;
CREATE TABLE shop.items (id int PRIMARY KEY, price shop."The Price" NOT NULL);
