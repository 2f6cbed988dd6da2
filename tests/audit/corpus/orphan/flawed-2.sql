-- finds: GNK-D004 public.users.users_boss_fkey: One row of users (boss) refers to no row of users.
-- Orphans of a constraint that was never validated.
CREATE TABLE users (id int PRIMARY KEY, name varchar, age int, boss int); INSERT INTO users VALUES (1, 'Ada', 30, 9);
ALTER TABLE users ADD FOREIGN KEY (boss) REFERENCES users NOT VALID;
