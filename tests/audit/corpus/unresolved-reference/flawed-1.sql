-- finds: GNK-D009 public.requests.processed_by: 2 values of requests.processed_by match no row of users by id or email.
CREATE TABLE users (id uuid PRIMARY KEY, email text UNIQUE);
CREATE TABLE requests (id int PRIMARY KEY, processed_by text);
INSERT INTO users VALUES ('11111111-1111-4111-8111-111111111111', 'Ada@example.org');
INSERT INTO requests VALUES (1, 'ada@example.org'), (2, 'ben@example.org'), (3, NULL), (4, '');
