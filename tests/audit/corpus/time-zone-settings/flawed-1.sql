-- finds: GNK-D006 -: One timestamp column is read as UTC, but sessions may have written in another zone.
-- The database has a zone of its own.
CREATE TABLE users (id int PRIMARY KEY, born timestamp);
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Europe/Berlin'); END $$;
