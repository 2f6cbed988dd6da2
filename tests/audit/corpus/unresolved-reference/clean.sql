CREATE TABLE users (id uuid PRIMARY KEY, email text UNIQUE);
CREATE TABLE requests (id int PRIMARY KEY, processed_by text, other uuid);
INSERT INTO users VALUES ('aaaaaaaa-1111-4111-8111-111111111111', 'Ada@example.org');
INSERT INTO requests VALUES
    (1, 'ADA@example.org', NULL), (2, 'AAAAAAAA-1111-4111-8111-111111111111', NULL),
    (3, NULL, '22222222-1111-4111-8111-111111111111');
