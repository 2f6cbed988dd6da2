CREATE TABLE users (id int PRIMARY KEY, name varchar(6), nick text);
