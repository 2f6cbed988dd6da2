-- finds: GNK-S033 public.nothing: Table nothing has no column.
CREATE TABLE nothing ();
