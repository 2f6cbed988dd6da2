-- NULLs are not equal, and half of a key may repeat.
CREATE TABLE users (id int PRIMARY KEY, name text, born date);
INSERT INTO users VALUES (1, NULL, NULL), (2, NULL, NULL), (3, 'Ada', '1815-12-10'), (4, 'Ada', '2000-01-01');
