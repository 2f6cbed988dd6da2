-- finds: GNK-D009 public.requests.by_number: 3 values of requests.by_number match no row of users by id.
-- finds: GNK-D009 public.requests.code: One value of requests.code matches no row of codes by code.
-- What has no place in the key's type, and what is another value there.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE codes (code char(4) PRIMARY KEY);
CREATE TABLE requests (id int PRIMARY KEY, by_number text, code varchar);
INSERT INTO users VALUES (1);
INSERT INTO codes VALUES ('ab');
INSERT INTO requests VALUES
    (1, '02', 'AB'), (2, '99999999999999999999', 'ab '), (3, '1.0', NULL), (4, '001', 'ab');
