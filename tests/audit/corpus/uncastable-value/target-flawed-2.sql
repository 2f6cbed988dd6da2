CREATE TABLE t (id bigint PRIMARY KEY, a integer, b numeric(4, 2), c smallint);
