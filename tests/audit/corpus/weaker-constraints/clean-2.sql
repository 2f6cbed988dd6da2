-- A rule that is replaced.
CREATE TABLE users (id int PRIMARY KEY, age int CHECK (age > 0));
