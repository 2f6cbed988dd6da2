CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE, phone text);
CREATE UNIQUE INDEX users_phone ON users (phone);
CREATE TABLE seats (id int PRIMARY KEY, line int NOT NULL, seat int NOT NULL, taken date, UNIQUE (line, seat));
CREATE UNIQUE INDEX seats_taken ON seats (line, taken) WHERE taken IS NOT NULL;
CREATE INDEX seats_line_taken ON seats (line, taken);
