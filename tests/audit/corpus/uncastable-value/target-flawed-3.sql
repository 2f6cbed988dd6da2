CREATE TABLE t (id int PRIMARY KEY, at_time timestamptz);
