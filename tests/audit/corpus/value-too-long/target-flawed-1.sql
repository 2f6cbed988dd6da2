CREATE TABLE users (id int PRIMARY KEY, name varchar(5), age int, boss int);
