-- finds: GNK-S050 public.email: Domain email is NOT NULL, which lets NULL in.
CREATE DOMAIN email AS text NOT NULL CHECK (VALUE LIKE '%@%');
CREATE TABLE users (id int PRIMARY KEY, email email);
