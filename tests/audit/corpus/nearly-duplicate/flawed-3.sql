-- finds: GNK-D010 public.codes.codes_pkey: 2 rows of codes differ from others in nothing but case or spaces of (code).
-- A key.
CREATE TABLE codes (code text);
INSERT INTO codes VALUES ('x'), (' X');
