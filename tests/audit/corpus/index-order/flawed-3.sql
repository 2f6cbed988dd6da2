-- finds: GNK-S042 public.User.one: Index one on User (born DESC NULLS LAST, name DESC) differs from two in nothing but order.
-- finds: GNK-S042 public.User.three: Index three on User ("Id" DESC) differs from the primary key ("Id") in nothing but order.
-- The other way round in all columns, and beside the primary key.
CREATE TABLE "User" ("Id" int PRIMARY KEY, born date, name text);
CREATE INDEX one ON "User" (born DESC NULLS LAST, name DESC);
CREATE INDEX two ON "User" (born NULLS FIRST, name);
CREATE INDEX three ON "User" ("Id" DESC);
