-- finds: GNK-S003 public.t.i1: Index i1 on t (a) does what i2 does already.
-- finds: GNK-S003 public.t.i3: Index i3 on t (b) does what the unique (b) does already.
-- finds: GNK-S003 public.t.i5: Index i5 on t (a, b) does what i4 does already.
-- The replica identity stays; the order of rows and a comment come back.
CREATE TABLE t (a int NOT NULL, b int NOT NULL UNIQUE);
CREATE UNIQUE INDEX i1 ON t (a);
CREATE UNIQUE INDEX i2 ON t (a);
CREATE UNIQUE INDEX i3 ON t (b);
CREATE INDEX i4 ON t (a, b);
CREATE INDEX i5 ON t (a, b);
ALTER TABLE t REPLICA IDENTITY USING INDEX i2, CLUSTER ON i5;
COMMENT ON INDEX i5 IS 'it''s of use';
