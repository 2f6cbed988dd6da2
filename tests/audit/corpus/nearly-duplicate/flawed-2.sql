-- finds: GNK-D010 public.users.users_the_name_born_key: 3 rows of users differ from others in nothing but case or spaces of (the_name, born).
-- Beside other columns, and beside rows that agree exactly.
CREATE TABLE users (id int PRIMARY KEY, "theName" varchar(20), born date);
INSERT INTO users VALUES
    (1, 'Ada', '1815-12-10'), (2, 'Ada', '1815-12-10'), (3, 'ADA', '1815-12-10'), (4, 'ada', '2000-01-01');
