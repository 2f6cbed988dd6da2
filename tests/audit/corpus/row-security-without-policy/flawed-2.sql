-- finds: GNK-A003 public.Accounts
-- Granted to everybody.
CREATE TABLE "Accounts" (id int PRIMARY KEY, owner text);
ALTER TABLE "Accounts" ENABLE ROW LEVEL SECURITY;
GRANT INSERT ON "Accounts" TO PUBLIC;
