CREATE TABLE users (id int PRIMARY KEY, email text, name text, created_at date);
CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users, user_name text);
