-- finds: GNK-A020 public.users.password: Column users.password holds values that look like passwords in the clear.
CREATE TABLE users (id int PRIMARY KEY, password text);
INSERT INTO users VALUES (1, 'correct horse'), (2, NULL), (3, 'letmein1');
