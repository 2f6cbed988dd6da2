-- NULL breaks no check.
CREATE TABLE users (id int PRIMARY KEY, age int);
INSERT INTO users VALUES (1, 18), (2, NULL);
