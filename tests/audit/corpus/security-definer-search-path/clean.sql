-- A fixed path with pg_temp at its end, an empty path, a parsed body, and a function that runs as
-- its caller.
CREATE SCHEMA shop;
CREATE FUNCTION a() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = shop, pg_temp
AS 'SELECT 1';
CREATE FUNCTION b() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS 'BEGIN RETURN 1; END';
CREATE FUNCTION c() RETURNS int LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT 1; END;
CREATE FUNCTION d() RETURNS int LANGUAGE sql AS 'SELECT 1';
