-- A rule under another name.
CREATE TABLE users (id int PRIMARY KEY, name text CONSTRAINT "UQ_1" UNIQUE);
