"""SQL of the log: its table, what keeps it as it is, and the function that writes to it."""

TABLE = """
CREATE TABLE {log} (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    table_name text NOT NULL,
    action text NOT NULL CHECK (action IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
    row_key jsonb,
    columns text[],
    before jsonb,
    after jsonb,
    app_user text,
    db_role text NOT NULL,
    session_role text NOT NULL DEFAULT session_user,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE TABLE {rest} PARTITION OF {log} DEFAULT;
REVOKE ALL ON {log}, {rest} FROM PUBLIC;
CREATE PROCEDURE {ahead}{body};
CALL {ahead}({months})
"""

APPEND_ONLY = """
CREATE FUNCTION {guard}() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $guard$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
        MESSAGE = format('%s is only added to', TG_TABLE_NAME);
END $guard$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {log}
    FOR EACH ROW EXECUTE FUNCTION {guard}();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {log}
    FOR EACH STATEMENT EXECUTE FUNCTION {guard}()
"""

WRITE = """
CREATE FUNCTION {write}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $write$
DECLARE
    key constant text[] := TG_ARGV[0];
    secret constant text[] := TG_ARGV[1];
    ignored constant text[] := TG_ARGV[2];
    shown constant text[] := TG_ARGV[3];
    was jsonb;
    is_ jsonb;
    changed text[];
    told text[];
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN was := to_jsonb(OLD); END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN is_ := to_jsonb(NEW); END IF;
    IF TG_OP <> 'TRUNCATE' THEN
        changed := ARRAY(
            SELECT name FROM jsonb_object_keys(coalesce(is_, was)) AS name
            WHERE was -> name IS DISTINCT FROM is_ -> name
              AND name <> ALL (ignored) AND NOT starts_with(name, 'gnkmigrate_kept_')
            ORDER BY name);
        IF TG_OP = 'UPDATE' AND changed = '{{}}' THEN RETURN NULL; END IF;
        told := ARRAY(
            SELECT name FROM unnest(changed || key) AS name
            WHERE name <> ALL (secret) AND (name !~* {pattern} OR name = ANY (shown)));
    END IF;
    INSERT INTO {log} (table_name, action, row_key, columns, before, after, app_user, db_role)
    VALUES (
        format('%s.%s', TG_TABLE_SCHEMA, TG_TABLE_NAME),
        TG_OP,
        (SELECT jsonb_object_agg(name, coalesce(was, is_) -> name) FROM unnest(key) AS name
         WHERE name = ANY (told)),
        changed,
        (SELECT jsonb_object_agg(name, was -> name) FROM unnest(changed) AS name
         WHERE name = ANY (told) AND was IS NOT NULL),
        (SELECT jsonb_object_agg(name, is_ -> name) FROM unnest(changed) AS name
         WHERE name = ANY (told) AND is_ IS NOT NULL),
        nullif(current_setting({setting}, true), ''),
        coalesce(nullif(current_setting('role'), 'none'), session_user)
    );
    RETURN NULL;
END $write$
"""
