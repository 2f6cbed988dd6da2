-- Two rules of one column; one rule of two tables.
CREATE TABLE users (id int PRIMARY KEY, age int CHECK (age > 17) CHECK (age < 200));
CREATE TABLE dogs (id int PRIMARY KEY, age int CHECK (age > 17));
