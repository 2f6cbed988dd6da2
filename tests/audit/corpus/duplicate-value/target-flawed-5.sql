CREATE TABLE users (id int PRIMARY KEY, name text, active bool);
CREATE UNIQUE INDEX users_name ON users (name DESC) WHERE active;
