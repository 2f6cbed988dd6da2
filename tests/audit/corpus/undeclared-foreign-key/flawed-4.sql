-- finds: GNK-S017 public.dogs.user_id: Column dogs.user_id looks like a foreign key to users, but is none. 2 rows refer to no row of users.
-- finds: GNK-S017 public.cats.user_id: Column cats.user_id looks like a foreign key to users, but is none. One row refers to no row of users.
-- Rows that refer to what is gone, one of them where nothing may be added without validation.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, user_id int);
CREATE TABLE cats (id int, user_id int NOT NULL, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE cats_1 PARTITION OF cats FOR VALUES FROM (1) TO (10);
INSERT INTO users VALUES (1);
INSERT INTO dogs VALUES (1, 1), (2, 7), (3, 8), (4, NULL);
INSERT INTO cats VALUES (1, 1), (2, 7);
