-- A copy that agrees, one that stays, and a column that is none.
CREATE TABLE users (id int PRIMARY KEY, email text, name text, created_at date);
CREATE TABLE orders (
    id int PRIMARY KEY, user_id int REFERENCES users, user_email text, user_name text, created_at date
);
INSERT INTO users VALUES (1, 'ada@example.org', 'Ada', '2025-01-01');
INSERT INTO orders VALUES (1, 1, 'ada@example.org', 'Lovelace', '2025-02-02');
