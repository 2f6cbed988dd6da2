-- A rule that goes with its column.
CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE);
