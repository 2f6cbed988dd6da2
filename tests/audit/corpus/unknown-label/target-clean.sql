CREATE TYPE kind AS ENUM ('a', 'c');
CREATE TYPE mood AS ENUM ('fine');
CREATE TABLE things (id int PRIMARY KEY, kind kind, mood mood);
