-- finds: GNK-A021 public: One column of schema public speaks of people or secrets.
-- finds: GNK-A021 shop: 2 columns of schema shop speak of people or secrets.
CREATE SCHEMA shop;
CREATE TABLE staff (id int PRIMARY KEY, salary numeric);
CREATE TABLE shop.payment (id int PRIMARY KEY, iban text, card_number text);
