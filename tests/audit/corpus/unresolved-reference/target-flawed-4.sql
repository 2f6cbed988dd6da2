CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE codes (code char(4) PRIMARY KEY);
CREATE TABLE requests (
    id int PRIMARY KEY, by_number int REFERENCES users, code char(4) REFERENCES codes
);
