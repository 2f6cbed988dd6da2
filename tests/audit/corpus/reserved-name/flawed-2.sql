-- finds: GNK-S030 public: 3 names of schema public are reserved words of SQL.
CREATE TABLE items (id int PRIMARY KEY, "order" int, "desc" text, "end" date);
