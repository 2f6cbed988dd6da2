-- finds: GNK-S008 public.users.IDX_flags: Index IDX_flags on users ("isActive" DESC, "isAdmin") has boolean columns alone.
-- Two booleans have four values at most.
CREATE TABLE users (id int PRIMARY KEY, "isActive" bool, "isAdmin" bool);
CREATE INDEX "IDX_flags" ON users ("isActive" DESC, "isAdmin");
