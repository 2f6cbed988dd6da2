-- finds: GNK-O010 public.tickets: Sequence tickets has used 97 of 100 of its numbers.
-- The sequence has room, its column has none.
CREATE SEQUENCE tickets;
CREATE TABLE "Logs" (id int PRIMARY KEY DEFAULT nextval('tickets'));
SELECT setval('tickets', 2100000000);
