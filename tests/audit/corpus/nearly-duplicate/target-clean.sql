CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE, number int UNIQUE);
