CREATE TABLE users (id int PRIMARY KEY, name varchar(5), code varchar(3), note char(5));
