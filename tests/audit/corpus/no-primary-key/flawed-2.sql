-- finds: GNK-S001 public.logs: Table logs has no primary key, only unique constraints.
-- A unique constraint is not enough.
CREATE TABLE logs (line text UNIQUE);
