-- finds: GNK-S009 public.earnings.earnings_node_day: Table earnings is unique by (node, day), but node, day may be NULL.
-- A unique index is the same.
CREATE TABLE earnings (id int PRIMARY KEY, node int, day date);
CREATE UNIQUE INDEX earnings_node_day ON earnings (node, day);
