-- finds: GNK-S010 public.t.wide: Index wide on t has 4 columns.
-- Expressions count like columns.
CREATE TABLE t (id int PRIMARY KEY, a text, b text, c text);
CREATE INDEX wide ON t (lower(a), lower(b), lower(c), id DESC);
