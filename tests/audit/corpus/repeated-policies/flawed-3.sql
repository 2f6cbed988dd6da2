-- finds: GNK-A022 shop.Notes: Table shop.Notes has several permissive policies for one command: a, b, c.
-- Three, overlapping in two commands.
CREATE SCHEMA shop;
CREATE TABLE shop."Notes" (id int PRIMARY KEY);
CREATE POLICY a ON shop."Notes" FOR SELECT USING (id > 1);
CREATE POLICY b ON shop."Notes" USING (id > 2);
CREATE POLICY c ON shop."Notes" FOR UPDATE USING (id > 3);
