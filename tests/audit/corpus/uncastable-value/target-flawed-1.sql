CREATE TABLE t (id int PRIMARY KEY, n integer, u uuid, b boolean, d numeric);
