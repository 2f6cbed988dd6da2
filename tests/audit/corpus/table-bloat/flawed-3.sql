-- finds: GNK-P011 shop.notes
-- Columns that are mostly NULL, and a column that was dropped.
CREATE SCHEMA shop;
CREATE TABLE shop.notes (id int, line text, other text, gone text) WITH (autovacuum_enabled = false);
INSERT INTO shop.notes
SELECT n, repeat('x', 200), CASE WHEN n % 100 = 0 THEN 'y' END FROM generate_series(1, 60000) AS n;
ALTER TABLE shop.notes DROP COLUMN gone;
DELETE FROM shop.notes WHERE id % 4 <> 0;
ANALYZE shop.notes;
