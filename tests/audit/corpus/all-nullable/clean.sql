CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, born date, mail text);
CREATE TABLE pairs (a int, b int, note text, PRIMARY KEY (a, b));
CREATE TABLE sums (a int PRIMARY KEY, b int, c int, d int GENERATED ALWAYS AS (b + c) STORED);
CREATE TABLE keys (id int PRIMARY KEY);
