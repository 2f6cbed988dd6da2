-- finds: GNK-O010 public.down: Sequence down has used 90 of 100 of its numbers.
-- finds: GNK-O010 shop.logs_id_seq: Sequence shop.logs_id_seq has used 50 of 100 of its numbers.
-- Downwards, and an identity column.
CREATE SCHEMA shop;
CREATE SEQUENCE down INCREMENT -1 MINVALUE -1001 MAXVALUE -1 START -1;
SELECT setval('down', -901);
CREATE TABLE shop.logs (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT setval('shop.logs_id_seq', 1073741824);
