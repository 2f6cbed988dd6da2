CREATE TABLE users (id int PRIMARY KEY, mood varchar(9) CHECK (mood IN ('fine')));
