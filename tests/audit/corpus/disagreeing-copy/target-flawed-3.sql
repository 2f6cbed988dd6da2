CREATE TABLE places (a int, b int, city text, PRIMARY KEY (a, b));
CREATE TABLE visits (x int, y int, FOREIGN KEY (x, y) REFERENCES places);
