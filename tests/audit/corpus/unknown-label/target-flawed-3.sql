CREATE TYPE kind AS ENUM ('a', 'c');
CREATE TABLE things (id int PRIMARY KEY, kind kind);
