CREATE TABLE t (id int PRIMARY KEY, a timestamptz, b timestamptz, c timestamp);
