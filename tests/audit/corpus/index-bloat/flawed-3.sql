-- finds: GNK-P013 shop.logs.logs_pkey
-- The key of a constraint.
-- database: own
CREATE SCHEMA shop;
CREATE TABLE shop.logs (line text PRIMARY KEY, id int) WITH (autovacuum_enabled = false);
INSERT INTO shop.logs SELECT md5(n::text), n FROM generate_series(1, 250000) AS n;
DELETE FROM shop.logs WHERE id % 10 <> 0;
VACUUM (ANALYZE) shop.logs;
