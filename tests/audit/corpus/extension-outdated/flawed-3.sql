-- finds: GNK-A014 pg_stat_statements
-- One of two; in a schema of its own.
CREATE SCHEMA extensions;
CREATE EXTENSION pg_stat_statements SCHEMA extensions VERSION '1.7';
CREATE EXTENSION pg_trgm;
