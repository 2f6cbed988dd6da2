-- Far from its end; of a bigint column; it begins anew; it was never used.
CREATE TABLE logs (id serial PRIMARY KEY, big bigserial);
SELECT setval('logs_id_seq', 1000000000);
SELECT setval('logs_big_seq', 3000000000);
CREATE SEQUENCE hours MAXVALUE 24 CYCLE;
SELECT setval('hours', 23);
CREATE SEQUENCE once START 9 MAXVALUE 10;
