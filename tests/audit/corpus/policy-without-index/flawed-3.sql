-- finds: GNK-A024 shop.Notes.own: Policy shop.Notes.own looks for rows by Owner id, which no index begins with.
-- A name that needs quotes, on a partitioned table; two policies by one column.
CREATE SCHEMA shop;
CREATE TABLE shop."Notes" (id int PRIMARY KEY, "Owner id" uuid) PARTITION BY RANGE (id);
CREATE TABLE shop.notes_1 PARTITION OF shop."Notes" DEFAULT;
CREATE POLICY own ON shop."Notes" FOR SELECT USING ("Owner id" = gen_random_uuid());
CREATE POLICY remove ON shop."Notes" FOR DELETE USING ("Owner id" = gen_random_uuid());
