-- finds: GNK-O011 public.users.id: The next number for users.id is 1, and 1,000 is there already.
-- Rows were copied in.
CREATE TABLE users (id serial PRIMARY KEY);
INSERT INTO users SELECT generate_series(1, 1000);
