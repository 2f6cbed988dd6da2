CREATE TABLE users (id int PRIMARY KEY, name text, size numeric(5), tags text[]);
CREATE TABLE dogs (id uuid PRIMARY KEY, name varchar(50), size numeric(7, 2), tags varchar[]);
