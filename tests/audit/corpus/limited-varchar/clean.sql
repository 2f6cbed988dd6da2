CREATE TABLE users (id int PRIMARY KEY, name varchar, note text, code char(3), tags varchar[]);
