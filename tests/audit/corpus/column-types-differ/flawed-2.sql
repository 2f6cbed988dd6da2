-- finds: GNK-S028 public: 2 names of columns have different types in different tables of public.
CREATE TABLE users (id int PRIMARY KEY, born date, size numeric(5));
CREATE TABLE dogs (id int PRIMARY KEY, born timestamptz, size numeric(7, 2));
CREATE TABLE cats (id int PRIMARY KEY, born timestamptz, size real);
