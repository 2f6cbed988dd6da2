-- finds: GNK-S032 other: Table dogs of schema other has no comment.
-- finds: GNK-S032 public: Table User of schema public has no comment.
CREATE SCHEMA other;
CREATE TABLE "User" (id int PRIMARY KEY);
CREATE TABLE other.dogs (id int PRIMARY KEY);
