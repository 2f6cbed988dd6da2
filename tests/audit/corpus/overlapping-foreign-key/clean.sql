CREATE TABLE places (a int PRIMARY KEY, b int UNIQUE, UNIQUE (a, b));
CREATE TABLE others (id int PRIMARY KEY);
CREATE TABLE things (
    id int PRIMARY KEY REFERENCES others, x int REFERENCES places (a), y int REFERENCES places (b),
    z int,
    FOREIGN KEY (x) REFERENCES others, FOREIGN KEY (z) REFERENCES places (a),
    -- Checks nothing while z is NULL.
    CONSTRAINT xz FOREIGN KEY (x, z) REFERENCES places (a, b)
);
