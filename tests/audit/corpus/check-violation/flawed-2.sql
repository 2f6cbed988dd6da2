-- finds: GNK-D003 public.users.users_the_age_check: One row of users breaks the target's CHECK ((the_age > 17)).
-- Forbidden by a check on a column in another spelling.
CREATE TABLE users (id int PRIMARY KEY, "theAge" int);
INSERT INTO users VALUES (1, 30), (2, 5);
