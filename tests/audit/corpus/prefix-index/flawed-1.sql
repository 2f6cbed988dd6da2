-- finds: GNK-S004 public.users.short: Index short on users (name) is the beginning of long.
-- Of another index.
CREATE TABLE users (id int PRIMARY KEY, name text, age int);
CREATE INDEX short ON users (name);
CREATE INDEX long ON users (name, age);
