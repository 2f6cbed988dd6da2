-- finds: GNK-S006 public.users.grown: Constraint users.grown has never been validated. 2 rows break it.
-- finds: GNK-S006 public.users.boss: Constraint users.boss has never been validated. One row refers to no row of users.
-- Rows of before that break them.
CREATE TABLE users (id int PRIMARY KEY, age int, boss int);
INSERT INTO users VALUES (1, 8, NULL), (2, 9, 1), (3, 30, 7), (4, NULL, NULL);
ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 17) NOT VALID;
ALTER TABLE users ADD CONSTRAINT boss FOREIGN KEY (boss) REFERENCES users NOT VALID;
