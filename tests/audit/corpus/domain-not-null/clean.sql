-- A check does it, and NOT NULL of the column.
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE users (id int PRIMARY KEY, email email NOT NULL);
