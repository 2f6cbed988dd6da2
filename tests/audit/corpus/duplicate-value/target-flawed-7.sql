CREATE TABLE users (id int PRIMARY KEY, name text, login varchar, nick text);
CREATE UNIQUE INDEX users_name ON users (name text_pattern_ops);
CREATE UNIQUE INDEX users_login ON users (lower(login) varchar_pattern_ops DESC);
CREATE UNIQUE INDEX users_nick ON users (nick COLLATE "C" NULLS FIRST);
