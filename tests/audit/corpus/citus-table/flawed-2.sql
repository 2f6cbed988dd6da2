-- finds: GNK-O012 public.states: public.states is a reference table (Citus).
-- The catalog of Citus by its documented names, for tests where no such server is to be had.
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (
    logicalrelid regclass NOT NULL,
    partmethod "char" NOT NULL,
    partkey text,
    colocationid integer DEFAULT 0 NOT NULL,
    repmodel "char" DEFAULT 'c' NOT NULL
);
GRANT SELECT ON pg_catalog.pg_dist_partition TO PUBLIC;
CREATE FUNCTION pg_catalog.column_to_column_name(table_name regclass, column_var_text text)
RETURNS text LANGUAGE sql STRICT
RETURN (
    SELECT attname::text FROM pg_catalog.pg_attribute
    WHERE attrelid = table_name AND attnum = substring(column_var_text FROM ':varattno (\d+)')::int
);
RESET allow_system_table_mods;
CREATE TABLE states (code text PRIMARY KEY);
INSERT INTO pg_dist_partition VALUES ('states', 'n', NULL, 3, 't');
