-- finds: GNK-D005 public.users.users_email: 2 rows of users share their (lower(e_mail)) with others, which the target forbids.
-- A unique index on an expression.
CREATE TABLE users (id int PRIMARY KEY, "eMail" text);
INSERT INTO users VALUES (1, 'Ada@example.org'), (2, 'ada@example.org'), (3, 'ben@example.org');
