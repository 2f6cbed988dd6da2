-- A key with a NULL in it refers to nothing on purpose.
CREATE TABLE places (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE things (id int PRIMARY KEY, x int, y int);
INSERT INTO places VALUES (1, 1);
INSERT INTO things VALUES (1, 1, 1), (2, NULL, 7), (3, 7, NULL);
