-- finds: GNK-S050 public.inner_id
-- A domain of a domain.
CREATE DOMAIN inner_id AS int NOT NULL;
CREATE DOMAIN outer_id AS inner_id CHECK (VALUE > 0);
CREATE TABLE users (id outer_id PRIMARY KEY);
