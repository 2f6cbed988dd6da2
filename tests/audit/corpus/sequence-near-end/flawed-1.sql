-- finds: GNK-O010 public.logs_id_seq: Sequence logs_id_seq has used 60 of 100 of its numbers.
CREATE TABLE logs (id smallserial PRIMARY KEY);
SELECT setval('logs_id_seq', 19700);
