-- finds: GNK-S034 public.Log: All 3 columns of Log may be NULL, its key apart.
-- Without a key.
CREATE TABLE "Log" (line text, day date, "Level" int);
