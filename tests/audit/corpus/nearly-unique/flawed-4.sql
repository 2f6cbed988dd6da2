-- finds: GNK-S052 public.users.email: Nearly every value of column users.email is there once, but nothing keeps it so.
-- The index that is there becomes one too many.
CREATE TABLE users (id int PRIMARY KEY, email text, name text);
CREATE INDEX users_email ON users (email);
COMMENT ON INDEX users_email IS 'Finds them.';
CREATE INDEX users_email_name ON users (email, name);
INSERT INTO users SELECT n, n || '@example.org' FROM generate_series(1, 1200) AS n;
ANALYZE users;
