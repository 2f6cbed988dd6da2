-- finds: GNK-S052 public.users.email: Nearly every value of column users.email is there once, but nothing keeps it so.
CREATE TABLE users (id int PRIMARY KEY, email text);
INSERT INTO users SELECT n, n || '@example.org' FROM generate_series(1, 1200) AS n;
ANALYZE users;
