-- finds: GNK-S005 public.a: Table a stores time without a zone in t.
-- finds: GNK-S005 public.b: Table b stores time without a zone in t.
-- Two tables.
CREATE TABLE a (id int PRIMARY KEY, t timestamp);
CREATE TABLE b (t timestamp);
