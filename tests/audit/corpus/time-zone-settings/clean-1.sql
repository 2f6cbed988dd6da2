-- Another name for the same zone.
CREATE TABLE users (id int PRIMARY KEY, born timestamp);
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Etc/UTC'); END $$;
