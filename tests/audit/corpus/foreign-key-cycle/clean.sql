-- A diamond, and a table that refers to itself.
CREATE TABLE a (id int PRIMARY KEY, parent int NOT NULL REFERENCES a);
CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a);
CREATE TABLE c (id int PRIMARY KEY, a int NOT NULL REFERENCES a);
CREATE TABLE d (id int PRIMARY KEY, b int NOT NULL REFERENCES b, c int NOT NULL REFERENCES c);
