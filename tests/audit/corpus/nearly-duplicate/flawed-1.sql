-- finds: GNK-D010 public.users.users_email_key: 2 rows of users differ from others in nothing but case or spaces of (email).
CREATE TABLE users (id int PRIMARY KEY, email text);
INSERT INTO users VALUES (1, 'Ada@example.org'), (2, 'ada@example.org '), (3, 'ben@example.org');
