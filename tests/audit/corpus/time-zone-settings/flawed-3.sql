-- finds: GNK-D006 -: One timestamp column is read as UTC, but sessions may have written in another zone.
-- A role has one in this database.
CREATE TABLE "Log" ("At" timestamp(3));
DO $$ BEGIN EXECUTE format('ALTER ROLE %I IN DATABASE %I SET timezone = %L', current_user, current_database(), 'Asia/Tokyo'); END $$;
