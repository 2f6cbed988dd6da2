-- finds: GNK-S044 public.s: Sequence s ends at 32,767, but its column ss.id is bigint.
-- finds: GNK-S044 public.shared: Sequence shared ends at 32,767, but its column b.id is integer.
-- By default alone; of several columns the narrowest counts.
CREATE SEQUENCE s AS smallint;
CREATE TABLE ss (id bigint PRIMARY KEY DEFAULT nextval('s'));
CREATE SEQUENCE shared AS smallint;
CREATE TABLE a (id bigint PRIMARY KEY DEFAULT nextval('shared'));
CREATE TABLE b (id integer PRIMARY KEY DEFAULT nextval('shared'));
