CREATE TABLE users (id bigint PRIMARY KEY, code text UNIQUE, short varchar(5) UNIQUE);
CREATE TABLE dogs (
    id int PRIMARY KEY, owner bigint REFERENCES users, code varchar(9) REFERENCES users (code),
    short varchar(10) REFERENCES users (short)
);
