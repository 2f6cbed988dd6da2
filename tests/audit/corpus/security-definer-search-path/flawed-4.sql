-- finds: GNK-A010 billing.tasks_of(text): Function billing.tasks_of(text) runs as corpus_owner and looks names up in the caller's search_path.
-- finds: GNK-A010 billing.first(): Function billing.first() runs as corpus_owner and looks tables up in pg_temp first, where everybody may create.
-- It reads a table of another schema than its own; pg_temp is named, but first.
CREATE ROLE corpus_owner;
CREATE SCHEMA billing;
CREATE TABLE tasks (id int PRIMARY KEY);
CREATE FUNCTION billing.tasks_of(t text) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
AS 'BEGIN RETURN (SELECT count(*) FROM tasks); END';
ALTER FUNCTION billing.tasks_of OWNER TO corpus_owner;
CREATE FUNCTION billing.first() RETURNS int LANGUAGE sql SECURITY DEFINER
SET search_path = pg_temp, billing AS 'SELECT 1';
ALTER FUNCTION billing.first OWNER TO corpus_owner;
