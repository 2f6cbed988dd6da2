-- finds: GNK-A025 public.f(text[])
-- One of two with the same name.
CREATE FUNCTION f(a text[]) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
REVOKE ALL ON FUNCTION f(int) FROM PUBLIC;
