-- A column that gets another type is mapped, not compared.
CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE requests (id int PRIMARY KEY, by text);
INSERT INTO requests VALUES (1, 'ada@example.org');
