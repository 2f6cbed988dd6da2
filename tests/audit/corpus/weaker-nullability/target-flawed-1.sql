CREATE TABLE users (id int PRIMARY KEY, name text, born_on date);
