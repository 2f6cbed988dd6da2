-- Only spaces are too many, which the change of the type drops.
CREATE TABLE users (id int PRIMARY KEY, name varchar, code char(9), note text);
INSERT INTO users VALUES (1, 'Ada       ', 'abc', 'Bernd      ');
