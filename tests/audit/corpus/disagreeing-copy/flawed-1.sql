-- finds: GNK-D012 public.orders.user_email: One value of orders.user_email differs from users.email, which the target keeps alone.
CREATE TABLE users (id int PRIMARY KEY, email text);
CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users, user_email text);
INSERT INTO users VALUES (1, 'ada@example.org'), (2, NULL);
INSERT INTO orders VALUES (1, 1, 'ada@example.org'), (2, 1, 'lovelace@example.org'), (3, 2, NULL), (4, NULL, 'x');
