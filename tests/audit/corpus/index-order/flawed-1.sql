-- finds: GNK-S042 public.earnings.earnings_node_day: Index earnings_node_day on earnings (node, day DESC) differs from the unique (node, day) in nothing but order.
CREATE TABLE earnings (id int PRIMARY KEY, node int NOT NULL, day date NOT NULL, UNIQUE (node, day));
CREATE INDEX earnings_node_day ON earnings (node, day DESC);
