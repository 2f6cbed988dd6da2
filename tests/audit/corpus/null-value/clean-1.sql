-- Every row has a value, and empty is one.
CREATE TABLE users (id int PRIMARY KEY, name text, age int);
INSERT INTO users VALUES (1, '', NULL), (2, 'Ada', 3);
