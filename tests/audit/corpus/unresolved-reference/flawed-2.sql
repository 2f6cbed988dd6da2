-- finds: GNK-D009 public.dogs.the_owner: One value of dogs.the_owner matches no row of User by Id.
-- By the key alone.
CREATE TABLE "User" ("Id" int PRIMARY KEY, name text);
CREATE TABLE dogs (id int PRIMARY KEY, "theOwner" varchar NOT NULL);
INSERT INTO "User" VALUES (1, 'Ada');
INSERT INTO dogs VALUES (1, '1'), (2, 'Ada');
