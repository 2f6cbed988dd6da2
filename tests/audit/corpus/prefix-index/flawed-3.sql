-- finds: GNK-S004 public.users.short: Index short on users (name DESC) is the beginning of long.
-- Of an index with the same order.
CREATE TABLE users (id int PRIMARY KEY, name text, age int);
CREATE INDEX short ON users (name DESC);
CREATE INDEX long ON users (name DESC, age);
