CREATE TABLE nodes (id int PRIMARY KEY, code char(3));
