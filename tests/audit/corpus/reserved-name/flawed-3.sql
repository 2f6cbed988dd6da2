-- finds: GNK-S030 public: 2 names of schema public are reserved words of SQL.
CREATE VIEW "table" AS SELECT 1 AS "select";
CREATE TYPE "check" AS ENUM ('x');
