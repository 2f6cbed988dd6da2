-- finds: GNK-D005 public.logs.logs_pkey: 2 rows of logs share their (line) with others, which the target forbids.
-- A key of its own for a table without one.
CREATE TABLE logs (line int);
INSERT INTO logs VALUES (1), (1), (2);
