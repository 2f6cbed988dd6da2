-- finds: GNK-D002 public.a"b.c d: One row has no a"b.c d, which the target requires.
-- Names with quotes.
CREATE TABLE "a""b" (id int PRIMARY KEY, "c d" text);
INSERT INTO "a""b" VALUES (1, NULL);
