-- A domain and a CHECK refuse NULL.
CREATE DOMAIN word AS text NOT NULL;
CREATE TABLE users (
    id int PRIMARY KEY, a word, b int CONSTRAINT b_given CHECK (b IS NOT NULL), UNIQUE (a, b)
);
