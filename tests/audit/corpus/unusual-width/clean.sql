CREATE TABLE days (day date, x int) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days DEFAULT;
CREATE TABLE animals (id int PRIMARY KEY, name text);
CREATE TABLE dogs () INHERITS (animals);
