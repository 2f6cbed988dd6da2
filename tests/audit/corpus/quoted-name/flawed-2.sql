-- finds: GNK-S029 public: 4 names of schema public have to be written in double quotes.
CREATE TABLE "User" (id int PRIMARY KEY, "first name" text, "2fa" text);
CREATE VIEW "Users" AS SELECT id FROM "User";
