-- Exact duplicates are told elsewhere, and numbers have no case.
CREATE TABLE users (id int PRIMARY KEY, name text, number int);
INSERT INTO users VALUES (1, 'Ada', 1), (2, 'Ada', 1), (3, 'Ben', 2), (4, NULL, 3), (5, NULL, 3);
