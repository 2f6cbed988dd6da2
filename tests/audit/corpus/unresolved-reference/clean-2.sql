-- The key's type compares: whole numbers, padded texts, identifiers in other letters.
CREATE TABLE users (id int PRIMARY KEY, login text);
CREATE UNIQUE INDEX ON users (lower(login));
CREATE TABLE codes (code char(4) PRIMARY KEY);
CREATE TABLE devices (id uuid PRIMARY KEY);
CREATE TABLE labels (label text PRIMARY KEY);
CREATE TYPE label AS ENUM ('Red');
CREATE TABLE requests (
    id int PRIMARY KEY, by_number text, by_amount numeric, code varchar, device text, label label
);
INSERT INTO users VALUES (1, 'Ada');
INSERT INTO codes VALUES ('ab');
INSERT INTO devices VALUES ('aaaaaaaa-1111-4111-8111-111111111111');
INSERT INTO labels VALUES ('Red');
INSERT INTO requests VALUES
    (1, '01', 1.00, 'ab', 'AAAAAAAA-1111-4111-8111-111111111111', 'Red'),
    (2, ' 1', 1, 'ab  ', '{aaaaaaaa-1111-4111-8111-111111111111}', 'Red'),
    (3, 'ADA', NULL, NULL, 'aaaaaaaa111141118111111111111111', NULL);
