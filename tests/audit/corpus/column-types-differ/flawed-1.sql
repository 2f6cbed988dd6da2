-- finds: GNK-S028 public: One name of a column has different types in different tables of public.
CREATE TABLE users (id int PRIMARY KEY, status text);
CREATE TABLE dogs (id int PRIMARY KEY, status int);
