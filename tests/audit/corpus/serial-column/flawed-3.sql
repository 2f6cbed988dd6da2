-- finds: GNK-S025 public: Column User.Id of schema public is a serial, not an identity column.
-- What serial stands for, written out.
CREATE SEQUENCE "Numbers";
CREATE TABLE "User" ("Id" bigint PRIMARY KEY DEFAULT nextval('"Numbers"'));
ALTER SEQUENCE "Numbers" OWNED BY "User"."Id";
