-- database: own
-- needs: PostgreSQL 15
-- finds: GNK-P005 public.stock: Table stock holds 40,000 dead rows beside 20,000 living ones.
CREATE TABLE stock (id int, n int) WITH (autovacuum_enabled = false);
INSERT INTO stock SELECT n, 0 FROM generate_series(1, 20000) AS n;
UPDATE stock SET n = 1;
UPDATE stock SET id = -id, n = 2;
SELECT pg_stat_force_next_flush();
