-- finds: GNK-S030 public: Name user of schema public is a reserved word of SQL.
CREATE TABLE "user" (id int PRIMARY KEY);
