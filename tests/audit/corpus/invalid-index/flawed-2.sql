-- finds: GNK-S007 public.User.User_eMail: Index User.User_eMail is invalid: its build was not finished.
-- A unique index that found duplicates while it was built.
CREATE TABLE "User" (id int PRIMARY KEY, "eMail" text);
CREATE UNIQUE INDEX "User_eMail" ON "User" ("eMail");
UPDATE pg_index SET indisvalid = false WHERE indexrelid = '"User_eMail"'::regclass;
