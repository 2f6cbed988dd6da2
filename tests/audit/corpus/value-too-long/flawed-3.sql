-- finds: GNK-D001 public.Log.the_line: One value of Log.the_line is longer than the target's 3 characters.
-- A renamed column of a table without a key.
CREATE TABLE "Log" ("theLine" varchar(100));
INSERT INTO "Log" VALUES ('äöüß'), ('äöü'), (NULL);
