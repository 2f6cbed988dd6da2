-- finds: GNK-A013 hstore
-- One of two is where it belongs.
CREATE SCHEMA extensions;
CREATE EXTENSION citext SCHEMA extensions;
CREATE EXTENSION hstore SCHEMA public;
