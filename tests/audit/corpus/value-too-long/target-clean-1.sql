CREATE TABLE users (id int PRIMARY KEY, name varchar(10), age int, boss int);
