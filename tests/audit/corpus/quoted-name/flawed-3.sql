-- finds: GNK-S029 public: 2 names of schema public have to be written in double quotes.
CREATE TYPE "Mood" AS ENUM ('fine');
CREATE SEQUENCE "User_id_seq";
