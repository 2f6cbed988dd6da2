-- finds: GNK-S024 public: The key User.Id of schema public is generated as an integer, which ends at two billion at most.
-- A sequence that belongs to nobody.
CREATE SEQUENCE numbers;
CREATE TABLE "User" ("Id" int PRIMARY KEY DEFAULT nextval('numbers'));
