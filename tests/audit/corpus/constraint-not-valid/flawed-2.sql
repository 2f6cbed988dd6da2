-- finds: GNK-S006 public.users.boss: Constraint users.boss has never been validated.
-- A foreign key.
CREATE TABLE users (id int PRIMARY KEY, boss int);
ALTER TABLE users ADD CONSTRAINT boss FOREIGN KEY (boss) REFERENCES users NOT VALID;
