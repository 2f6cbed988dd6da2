CREATE TABLE users (id int PRIMARY KEY, name varchar, age int, boss int);
ALTER TABLE users ADD UNIQUE (name);
