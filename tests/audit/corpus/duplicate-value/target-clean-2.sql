CREATE TABLE users (id int PRIMARY KEY, name text, nick text);
CREATE UNIQUE INDEX users_nick ON users (nick);
