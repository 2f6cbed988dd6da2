-- finds: GNK-S035 public.days_1: Table days_1 is unlogged: a crash empties it.
-- A partition may be unlogged by itself.
CREATE TABLE days (day date PRIMARY KEY) PARTITION BY RANGE (day);
CREATE UNLOGGED TABLE days_1 PARTITION OF days DEFAULT;
