-- finds: GNK-A004 public.days
-- A partitioned table.
CREATE ROLE corpus_app LOGIN;
CREATE TABLE days (day date PRIMARY KEY) PARTITION BY RANGE (day);
ALTER TABLE days ENABLE ROW LEVEL SECURITY;
CREATE POLICY late ON days USING (day > '2025-01-01');
ALTER TABLE days OWNER TO corpus_app;
