-- finds: GNK-S009 public.earnings.earnings_node_day_key: Table earnings is unique by (node, day), but node may be NULL.
CREATE TABLE earnings (id int PRIMARY KEY, node int, day date NOT NULL, UNIQUE (node, day));
