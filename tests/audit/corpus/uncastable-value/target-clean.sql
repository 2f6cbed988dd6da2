CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, n bigint, u uuid, who uuid REFERENCES users, note text, d timestamptz);
