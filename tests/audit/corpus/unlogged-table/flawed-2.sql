-- finds: GNK-S035 public.Cache: Table Cache is unlogged: a crash empties it.
-- finds: GNK-S035 public.counters: Table counters is unlogged: a crash empties it.
CREATE TABLE users (id int PRIMARY KEY);
CREATE UNLOGGED TABLE "Cache" (id int PRIMARY KEY);
CREATE UNLOGGED TABLE counters (id int PRIMARY KEY);
