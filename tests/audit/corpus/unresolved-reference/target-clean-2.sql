CREATE TABLE users (id int PRIMARY KEY, login text);
CREATE UNIQUE INDEX ON users (lower(login));
CREATE TABLE codes (code char(4) PRIMARY KEY);
CREATE TABLE devices (id uuid PRIMARY KEY);
CREATE TABLE labels (label text PRIMARY KEY);
CREATE TABLE requests (
    id int PRIMARY KEY,
    by_number int REFERENCES users,
    by_amount int REFERENCES users,
    code char(4) REFERENCES codes,
    device uuid REFERENCES devices,
    label text REFERENCES labels
);
