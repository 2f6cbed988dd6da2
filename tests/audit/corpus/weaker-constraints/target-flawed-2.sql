CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int);
