-- A key that may be deferred is another key.
CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE);
ALTER TABLE users ADD UNIQUE (name) DEFERRABLE;
CREATE UNIQUE INDEX users_name_living ON users (name) WHERE id > 0;
CREATE INDEX users_name_pattern ON users (name text_pattern_ops);
