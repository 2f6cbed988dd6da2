-- finds: GNK-D008 public.t.at_time: 2 values of t.at_time cannot become timestamptz.
-- Times; only PostgreSQL 16 can be asked.
-- needs: PostgreSQL 16
CREATE TABLE t (id int PRIMARY KEY, "atTime" text);
INSERT INTO t VALUES (1, '2025-02-28'), (2, '2025-02-30'), (3, 'soon');
