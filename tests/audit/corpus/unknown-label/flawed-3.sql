-- finds: GNK-D007 public.things.kind: One value of things.kind is no label of the target's kind.
-- The same enum loses a label.
CREATE TYPE kind AS ENUM ('a', 'b', 'c');
CREATE TABLE things (id int PRIMARY KEY, kind kind);
INSERT INTO things VALUES (1, 'a'), (2, 'b');
