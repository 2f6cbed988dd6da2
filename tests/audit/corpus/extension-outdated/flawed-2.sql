-- finds: GNK-A014 hstore
-- finds: GNK-A014 citext
CREATE EXTENSION hstore VERSION '1.4';
CREATE EXTENSION citext VERSION '1.4';
