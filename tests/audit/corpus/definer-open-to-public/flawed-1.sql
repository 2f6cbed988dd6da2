-- finds: GNK-A025 public.who()
-- As PostgreSQL makes it.
CREATE FUNCTION who() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT current_user::text';
