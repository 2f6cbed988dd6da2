CREATE TABLE users (id int PRIMARY KEY, at timestamptz);
CREATE TABLE dogs (id int PRIMARY KEY, name text, born date NOT NULL);
