-- finds: GNK-S003 public.t.i1: Index i1 on t (a) does what i2 does already.
-- finds: GNK-S003 public.t.i3: Index i3 on t (b) does what the unique (b) does already.
-- finds: GNK-S003 public.t.i5: Index i5 on t (a, b) does what i4 does already.
-- finds: GNK-S003 public.u.b0: Index b0 on u (a) does what b1 does already.
-- What foreign keys refer to and the replica identity stays; the order of rows and a comment come back.
CREATE TABLE t (a int NOT NULL, b int NOT NULL UNIQUE);
CREATE UNIQUE INDEX i1 ON t (a);
CREATE UNIQUE INDEX i2 ON t (a);
CREATE UNIQUE INDEX i3 ON t (b);
CREATE INDEX i4 ON t (a, b);
CREATE INDEX i5 ON t (a, b);
ALTER TABLE t REPLICA IDENTITY USING INDEX i2, CLUSTER ON i5;
CREATE TABLE u (a int NOT NULL);
CREATE UNIQUE INDEX b1 ON u (a);
CREATE UNIQUE INDEX b0 ON u (a);
CREATE TABLE v (a int REFERENCES u (a));
DROP INDEX b0;
CREATE UNIQUE INDEX b0 ON u (a);
COMMENT ON INDEX i5 IS 'it''s of use';
