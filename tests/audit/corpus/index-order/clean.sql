CREATE TABLE users (id int PRIMARY KEY, born date, name text);
CREATE INDEX born_name ON users (born, name);
CREATE INDEX name_born ON users (name DESC, born);
CREATE INDEX partial ON users (born DESC, name) WHERE id > 0;
CREATE INDEX covering ON users (name DESC) INCLUDE (born);
CREATE INDEX hashed ON users USING hash (name);
CREATE UNIQUE INDEX alone ON users (id DESC, name DESC);
