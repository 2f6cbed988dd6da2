-- Full; meant to be half full; small; of long values.
CREATE TABLE logs (id int, line text) WITH (autovacuum_enabled = false);
INSERT INTO logs SELECT n, repeat('x', 200) FROM generate_series(1, 60000) AS n;
ANALYZE logs;
CREATE TABLE stock (id int, line text) WITH (autovacuum_enabled = false, fillfactor = 40);
INSERT INTO stock SELECT n, repeat('x', 200) FROM generate_series(1, 30000) AS n;
ANALYZE stock;
CREATE TABLE small (id int) WITH (autovacuum_enabled = false);
INSERT INTO small SELECT generate_series(1, 1000);
DELETE FROM small WHERE id > 10;
ANALYZE small;
CREATE TABLE documents (id int, line text, a int, b int, c int, d int, e int, f int, g int)
WITH (autovacuum_enabled = false);
ALTER TABLE documents ALTER line SET STORAGE EXTERNAL;
INSERT INTO documents SELECT n, repeat('x', 4000) FROM generate_series(1, 5000) AS n;
ANALYZE documents;
