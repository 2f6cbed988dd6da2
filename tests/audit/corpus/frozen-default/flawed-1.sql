-- finds: GNK-S054 public.users.created_at: The default of column users.created_at is the moment at which it was declared.
CREATE TABLE users (id int PRIMARY KEY, created_at timestamptz DEFAULT 'now'::timestamptz);
