-- finds: GNK-S004 public.pairs.pairs_a: Index pairs_a on pairs (a) is the beginning of the primary key (a, b).
-- Of a primary key.
CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
CREATE INDEX pairs_a ON pairs (a);
