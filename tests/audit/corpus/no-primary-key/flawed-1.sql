-- finds: GNK-S001 public.logs: Table logs has no primary key.
-- Nothing at all.
CREATE TABLE logs (line text);
