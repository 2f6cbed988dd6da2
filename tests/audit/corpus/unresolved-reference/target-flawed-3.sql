CREATE TABLE users (id int PRIMARY KEY, number int UNIQUE);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users);
