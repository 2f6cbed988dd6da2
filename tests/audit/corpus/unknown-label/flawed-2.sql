-- finds: GNK-D007 public.things.the_kind: 2 values of things.the_kind are no labels of the target's new.
-- One enum becomes another.
CREATE TYPE old AS ENUM ('a', 'b', 'c');
CREATE TABLE things (id int PRIMARY KEY, "theKind" old NOT NULL);
INSERT INTO things VALUES (1, 'a'), (2, 'c'), (3, 'c');
