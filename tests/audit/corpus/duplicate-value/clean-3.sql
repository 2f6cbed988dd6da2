-- What the operator classes and collations of the target take for two.
CREATE TABLE users (id int PRIMARY KEY, name text, login varchar, nick char(3));
INSERT INTO users VALUES (1, 'Ada', 'ada', 'a'), (2, 'ada', 'ben', 'A'), (3, NULL, NULL, NULL);
