-- With a unique index; a plain view; a table.
CREATE MATERIALIZED VIEW totals AS SELECT 1 AS id, 2 AS n;
CREATE UNIQUE INDEX ON totals (id, n DESC);
CREATE VIEW plain AS SELECT 1 AS id;
CREATE TABLE t (id int);
