CREATE TABLE users (id int PRIMARY KEY, seen timestamptz);
