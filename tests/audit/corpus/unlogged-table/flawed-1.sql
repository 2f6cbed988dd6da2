-- finds: GNK-S035 public.cache: Table cache is unlogged: a crash empties it.
CREATE UNLOGGED TABLE cache (id int PRIMARY KEY);
