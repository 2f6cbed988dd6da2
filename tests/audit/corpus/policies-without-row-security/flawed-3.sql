-- finds: GNK-A002 public.Days 1: Table Days 1 has a policy that does nothing: its row security is off.
-- On a partition alone, while its parent is protected.
CREATE TABLE days (day date PRIMARY KEY) PARTITION BY RANGE (day);
CREATE TABLE "Days 1" PARTITION OF days DEFAULT;
ALTER TABLE days ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_days ON days FOR SELECT USING (true);
CREATE POLICY all_days ON "Days 1" FOR SELECT USING (true);
