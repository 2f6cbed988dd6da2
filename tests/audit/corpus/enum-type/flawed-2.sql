-- finds: GNK-S026 public: 2 types of schema public are enums, whose labels cannot be removed.
CREATE TYPE mood AS ENUM ('fine', 'bad');
CREATE TYPE "Colour" AS ENUM ('red', 'it''s');
CREATE TABLE t (id int PRIMARY KEY, mood mood);
