CREATE TABLE users (id int PRIMARY KEY, born_on date NOT NULL);
CREATE TABLE dogs (id int PRIMARY KEY, name text NOT NULL);
