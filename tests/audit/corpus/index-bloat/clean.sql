-- Full; of equal keys; meant to be half full; small; of an expression.
CREATE TABLE logs (id int, line text, day int) WITH (autovacuum_enabled = false);
INSERT INTO logs SELECT n, md5(n::text), n % 7 FROM generate_series(1, 200000) AS n;
CREATE INDEX ON logs (line);
CREATE INDEX ON logs (day);
CREATE INDEX ON logs (line) WITH (fillfactor = 45);
CREATE INDEX ON logs (lower(line));
CREATE INDEX ON logs (line) WHERE day = 3;
ANALYZE logs;
