-- finds: GNK-A007 public.Accounts: Everybody who can connect may select table Accounts.
-- finds: GNK-A007 public.few: Everybody who can connect may select view few.
-- One column, and a view.
CREATE TABLE "Accounts" (id int PRIMARY KEY, "The Owner" text);
GRANT SELECT ("The Owner") ON "Accounts" TO PUBLIC;
CREATE VIEW few AS SELECT id FROM "Accounts";
GRANT SELECT ON few TO PUBLIC;
