CREATE TABLE users (id int PRIMARY KEY, name text, login varchar, nick char(3));
CREATE UNIQUE INDEX users_name ON users (name COLLATE "C" text_pattern_ops);
CREATE UNIQUE INDEX users_login ON users (lower(login) varchar_pattern_ops);
CREATE UNIQUE INDEX users_nick ON users (nick bpchar_pattern_ops);
