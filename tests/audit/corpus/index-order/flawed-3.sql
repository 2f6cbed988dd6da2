-- finds: GNK-S042 public.User.three: Index three on User ("Id" DESC) differs from the primary key ("Id") in nothing but order.
-- finds: GNK-S042 public.User.two: Index two on User (born NULLS FIRST) differs from one in nothing but order.
-- NULLs at the other end, and beside the primary key.
CREATE TABLE "User" ("Id" int PRIMARY KEY, born date);
CREATE INDEX one ON "User" (born DESC);
CREATE INDEX two ON "User" (born NULLS FIRST);
CREATE INDEX three ON "User" ("Id" DESC);
