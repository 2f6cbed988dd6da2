-- finds: GNK-S032 public: Table users of schema public has no comment.
CREATE TABLE users (id int PRIMARY KEY);
