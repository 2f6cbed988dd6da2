-- finds: GNK-D011 public.t.a: One time of t.a came twice or never in Europe/London.
-- finds: GNK-D011 public.t.b: One time of t.b came twice or never in Europe/London.
-- A table with two such columns.
-- source time zone: Europe/London
CREATE TABLE t (id int PRIMARY KEY, a timestamp, b timestamp, c timestamp);
INSERT INTO t VALUES (1, '2025-03-30 01:15', '2025-10-26 01:15', '2025-10-26 01:15');
