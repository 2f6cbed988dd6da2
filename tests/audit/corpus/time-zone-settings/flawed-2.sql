-- finds: GNK-D006 -: 2 timestamp columns are read as UTC, but sessions may have written in another zone.
-- A role has one, whatever the database.
CREATE TABLE users (id int PRIMARY KEY, born timestamp, died timestamp[]);
DO $$ BEGIN EXECUTE format('ALTER ROLE %I SET timezone = %L', current_user, 'America/New_York'); END $$;
