-- finds: GNK-S052 public.Users.userName: Nearly every value of column Users.userName is there once, but nothing keeps it so. 2 rows have a value that another has as well.
CREATE TABLE "Users" (id int PRIMARY KEY, "userName" text);
INSERT INTO "Users" SELECT n, 'user ' || greatest(n, 2) FROM generate_series(1, 1200) AS n;
ANALYZE "Users";
