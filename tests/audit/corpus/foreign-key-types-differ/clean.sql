CREATE TABLE users (id bigint PRIMARY KEY, code text UNIQUE, short varchar(5) UNIQUE);
CREATE TABLE dogs (
    id int PRIMARY KEY, owner bigint REFERENCES users, code varchar(9) REFERENCES users (code),
    short varchar(10) REFERENCES users (short)
);
-- Domains hold what they are over.
CREATE DOMAIN user_number AS bigint CHECK (VALUE > 0);
CREATE DOMAIN code AS varchar(9);
CREATE TABLE cats (
    id int PRIMARY KEY, owner user_number REFERENCES users, code code REFERENCES users (code)
);
