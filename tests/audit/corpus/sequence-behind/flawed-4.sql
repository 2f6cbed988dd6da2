-- finds: GNK-O011 public.ss.id: The next number for ss.id is 1, and 7 is there already.
-- A sequence that the column takes by default alone; one of which a text is made.
CREATE SEQUENCE s;
CREATE TABLE ss (id bigint PRIMARY KEY DEFAULT nextval('s'), code text DEFAULT 'A' || nextval('s'));
INSERT INTO ss VALUES (7, 'A7');
