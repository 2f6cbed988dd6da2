-- finds: GNK-A014 pg_trgm
CREATE EXTENSION pg_trgm VERSION '1.3';
