CREATE TABLE users (id int PRIMARY KEY, name varchar NOT NULL, age int, boss int);
