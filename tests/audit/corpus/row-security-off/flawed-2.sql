-- finds: GNK-A001 public.Old Notes
-- One of two, for reading alone, of a quoted name, and open to everybody.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE TABLE "Old Notes" (id int PRIMARY KEY, note text);
CREATE TABLE kept (id int PRIMARY KEY);
GRANT SELECT ON accounts, "Old Notes" TO PUBLIC;
