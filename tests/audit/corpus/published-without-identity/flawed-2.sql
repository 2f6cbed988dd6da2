-- finds: GNK-S053 public.days_1: Table days_1 is published by days and has no replica identity: DELETE of it fails.
-- finds: GNK-S053 public.late: Table late is published by days, late and has no replica identity: UPDATE and DELETE of it fail.
-- finds: GNK-S053 public.silent
-- A partition, a key that is checked at the end, and nothing on purpose.
CREATE TABLE days (day date, id int) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE late (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE silent (id int PRIMARY KEY);
ALTER TABLE silent REPLICA IDENTITY NOTHING;
CREATE PUBLICATION days FOR TABLE days, late, silent WITH (publish = 'insert, delete');
CREATE PUBLICATION late FOR TABLE late WITH (publish = 'update');
