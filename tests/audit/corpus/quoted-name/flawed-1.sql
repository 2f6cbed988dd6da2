-- finds: GNK-S029 public: Name users.createdAt of schema public has to be written in double quotes.
CREATE TABLE users (id int PRIMARY KEY, "createdAt" timestamptz);
