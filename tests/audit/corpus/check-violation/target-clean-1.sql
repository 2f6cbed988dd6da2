CREATE TABLE users (id int PRIMARY KEY, age int CHECK (age > 17));
