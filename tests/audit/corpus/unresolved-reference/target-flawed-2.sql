CREATE TABLE "User" ("Id" int PRIMARY KEY, name text);
CREATE TABLE dogs (id int PRIMARY KEY, the_owner int NOT NULL REFERENCES "User");
