-- finds: GNK-A015 public: One table of schema public belongs to the superuser postgres.
CREATE TABLE users (id int PRIMARY KEY);
