-- Unique, in whatever way; of many; of few rows; not called so.
CREATE TABLE users (id int PRIMARY KEY, email text, username text, town text);
CREATE UNIQUE INDEX ON users (lower(email));
CREATE UNIQUE INDEX ON users (town, username);
INSERT INTO users SELECT n, n || '@example.org', 'user ' || n, 'town ' || n FROM generate_series(1, 1200) AS n;
CREATE TABLE orders (id int PRIMARY KEY, email text);
INSERT INTO orders SELECT n, n % 100 || '@example.org' FROM generate_series(1, 1200) AS n;
CREATE TABLE few (id int PRIMARY KEY, email text);
INSERT INTO few SELECT n, n || '@example.org' FROM generate_series(1, 500) AS n;
ANALYZE;
