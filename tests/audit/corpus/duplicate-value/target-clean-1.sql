CREATE TABLE users (id int PRIMARY KEY, name text, born date, UNIQUE (name, born));
