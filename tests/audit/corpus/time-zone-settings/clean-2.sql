-- Every column knows its zone.
CREATE TABLE users (id int PRIMARY KEY, born timestamptz);
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Europe/Berlin'); END $$;
