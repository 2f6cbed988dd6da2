-- A longer type, and one without a limit.
CREATE TABLE users (id int PRIMARY KEY, name varchar(5), nick varchar(5));
INSERT INTO users VALUES (1, 'abcde', 'abcde');
