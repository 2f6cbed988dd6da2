-- finds: GNK-S044 shop.orders_id_seq: Sequence shop.orders_id_seq ends at 32,767, but its column shop.orders.id is integer.
-- From smallint, in another schema.
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id smallserial PRIMARY KEY);
ALTER TABLE shop.orders ALTER COLUMN id TYPE integer;
