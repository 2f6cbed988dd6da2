CREATE TABLE places (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE things (id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES places);
