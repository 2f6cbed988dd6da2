-- finds: GNK-S017 public.dogs.user_id: Column dogs.user_id looks like a foreign key to users, but is none.
-- finds: GNK-S017 public.cats.user_id: Column cats.user_id looks like a foreign key to users, but is none. One row refers to no row of users.
-- Keys that were widened, and those who refer to them not yet.
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE dogs (id bigint PRIMARY KEY, user_id int);
CREATE TABLE cats (id bigint PRIMARY KEY, user_id smallint);
INSERT INTO users VALUES (1);
INSERT INTO cats VALUES (1, 7), (2, 1);
