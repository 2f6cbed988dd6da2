-- finds: GNK-S047 shop.Users.both_filled: Index both_filled on shop.Users leaves out NULL, which its columns do not have.
-- Of two columns, with names that need quotes.
CREATE SCHEMA shop;
CREATE TABLE shop."Users" ("Id" int PRIMARY KEY, "First name" text NOT NULL);
CREATE INDEX both_filled ON shop."Users" ("First name") WHERE "First name" IS NOT NULL AND "Id" IS NOT NULL;
