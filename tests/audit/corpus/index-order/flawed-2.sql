-- finds: GNK-S042 public.users.born_down: Index born_down on users (born DESC) differs from born_up in nothing but order.
CREATE TABLE users (id int PRIMARY KEY, born date);
CREATE INDEX born_up ON users (born);
CREATE INDEX born_down ON users (born DESC);
